// MPI's C functions, whose failures become Errors. Nothing else includes mpi.h.
#pragma once

#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1  // not the C++ bindings, which no standard of MPI has any more
#endif
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

namespace xtape::distributed::detail {

/// Throws an Error with MPI's own words unless `code` says that `what` went well.
void check_mpi(int code, const char* what);

/// A communicator of all processes that mpirun started, for one World: so its messages meet no others. The
/// first one starts MPI. Where no mpirun is at work there is none, and MPI is not touched.
class Communicator {
 public:
  Communicator();
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  MPI_Comm comm() const { return comm_; }
  int rank() const { return rank_; }
  int size() const { return size_; }
  int ranks_of_machine() const { return ranks_of_machine_; }
  /// Messages are on their way that nobody will take: neither this communicator nor MPI is ended in the
  /// orderly way, which would wait for them. mpirun then ends the other processes.
  void abandon();

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1, ranks_of_machine_ = 1;
};

}  // namespace xtape::distributed::detail
