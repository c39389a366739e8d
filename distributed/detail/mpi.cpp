// When MPI is started and ended.
#include "distributed/detail/mpi.hpp"

#include <cstdlib>
#include <string>

#include "autograd/base/error.hpp"

namespace xtape::distributed::detail {

namespace {

bool is_abandoned = false;
int communicators = 0;  // that live

/// Open MPI's, MPICH's, and that of PMIx under other starters.
bool was_started_by_mpirun() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

/// MPI_Finalize waits for all processes, so one that has failed, or ends within a World, must not call it.
void end_mpi(int status, void*) {
  int is_ended = 0;
  MPI_Finalized(&is_ended);
  if (status == 0 && !is_abandoned && communicators == 0 && is_ended == 0) MPI_Finalize();
}

/// Gives whether there is a world to join.
bool start_mpi() {
  int is_started = 0, is_ended = 0;
  check_mpi(MPI_Initialized(&is_started), "MPI_Initialized");
  check_mpi(MPI_Finalized(&is_ended), "MPI_Finalized");
  check(is_ended == 0, "World: MPI has been ended in this process, and cannot be started again");
  if (is_started != 0) return true;  // by the program, which ends it too
  if (!was_started_by_mpirun()) return false;
  int provided = 0;
  check_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided), "MPI_Init_thread");
  check(on_exit(end_mpi, nullptr) == 0, "World: the end of MPI cannot be registered");
  return true;
}

}  // namespace

void check_mpi(int code, const char* what) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw Error(fmt::format("{}: {}", what, std::string(text, static_cast<std::size_t>(length))));
}

Communicator::Communicator() {
  if (!start_mpi()) return;
  ++communicators;
  check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &comm_), "MPI_Comm_dup");
  check_mpi(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check_mpi(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
  MPI_Comm machine = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split_type(comm_, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine),
            "MPI_Comm_split_type");
  check_mpi(MPI_Comm_size(machine, &ranks_of_machine_), "MPI_Comm_size");
  check_mpi(MPI_Comm_free(&machine), "MPI_Comm_free");
}

Communicator::~Communicator() {
  if (comm_ == MPI_COMM_NULL) return;
  --communicators;
  if (!is_abandoned) MPI_Comm_free(&comm_);
}

void Communicator::abandon() { is_abandoned = true; }

}  // namespace xtape::distributed::detail
