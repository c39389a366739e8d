// Writing is all or nothing: after any failure the old file is as it was, and no other is left behind.
#include "io/atomic_file.hpp"

#include <csignal>
#include <filesystem>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files/npy.hpp"
#include "files/safetensors.hpp"
#include "tests/files/files.hpp"

namespace xtape::testing {
namespace {

/// No file of this process grows beyond `bytes`: the disk seems to be full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*old_handler_)(int);
  rlimit old_limit_{};
};

unsigned mode_of(const fs::path& path) { return static_cast<unsigned>(fs::status(path).permissions()); }

boost::test_tools::assertion_result is_not_root(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(::geteuid() != 0);
  result.message() << "root may write anywhere";
  return result;
}

void write_new(const fs::path& path) {
  io::AtomicFile file(path);
  file.write("new");
  file.commit();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_atomic)

BOOST_AUTO_TEST_CASE(a_file_appears_when_it_is_whole) {
  const TemporaryFolder folder;
  const fs::path path = folder / "a";
  write_text(path, "old");
  {
    io::AtomicFile file(path);
    file.write("first ");
    file.write("second");
    BOOST_TEST(file.position() == 12u);
    BOOST_TEST(contents_of(path) == "old");
    file.commit();
    BOOST_TEST(contents_of(path) == "first second");
  }
  BOOST_TEST(contents_of(path) == "first second");
  BOOST_TEST(files_in(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_commit_nothing_happened) {
  const TemporaryFolder folder;
  write_text(folder / "a", "old");
  { io::AtomicFile(folder / "a").write("new"); }
  BOOST_TEST(contents_of(folder / "a") == "old");
  BOOST_TEST(files_in(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_the_old_file) {
  const TemporaryFolder folder;
  const StateDict small{{"w", ones({4})}}, large{{"w", ones({100, 1000})}};
  save(small, folder / "m.safetensors");
  save_npy(folder / "x.npy", small.at("w"));
  save_npz(folder / "x.npz", small);
  {
    const FullDisk full(10000);
    BOOST_TEST(fails_with([&] { save(large, folder / "m.safetensors"); },
                          "m.safetensors: cannot be written: File too large"));
    BOOST_TEST(fails_with([&] { save_npy(folder / "x.npy", large.at("w")); },
                          "x.npy: cannot be written: File too large"));
    BOOST_TEST(
        fails_with([&] { save_npz(folder / "x.npz", large); }, "x.npz: cannot be written: File too large"));
    BOOST_TEST(fails_with([&] { save(large, folder / "new.safetensors"); }, "cannot be written"));
  }
  {
    const FullDisk full(50);  // what is written fits the buffer, so that only its flushing can fail
    BOOST_TEST(
        fails_with([&] { save(small, folder / "m.safetensors"); }, "cannot be written: File too large"));
  }
  expect_same(load(folder / "m.safetensors"), small);
  expect_same(load_npz(folder / "x.npz"), small);
  BOOST_TEST(same(load_npy(folder / "x.npy"), small.at("w")));
  BOOST_TEST(files_in(folder) == 3u);
}

/// A process that dies in the middle of writing to `path`.
void die_while_writing(const fs::path& path, int signal) {
  const pid_t child = ::fork();
  if (child == 0) {
    io::AtomicFile file(path);
    const std::string block(1 << 16, 'x');
    if (signal == SIGXFSZ) {
      const rlimit limit{1 << 17, 1 << 17};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      std::signal(SIGXFSZ, SIG_DFL);
      for (int i = 0; i < 8; ++i) file.write(block);
    }
    file.write(block);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == signal);
}

BOOST_AUTO_TEST_CASE(processes_that_are_killed_leave_one_file_which_the_next_save_removes) {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) {
    die_while_writing(folder / fmt::format("epoch-{}", i), i % 2 ? SIGKILL : SIGXFSZ);
    BOOST_TEST(files_in(folder) == 1u);
  }
  write_new(folder / "a");
  BOOST_TEST(contents_of(folder / "a") == "new");
  BOOST_TEST(files_in(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(several_may_write_to_one_folder_and_even_one_target_at_a_time) {
  const TemporaryFolder folder;
  {
    io::AtomicFile first(folder / "a"), second(folder / "a"), third(folder / "b");
    first.write("first");
    second.write("second");
    third.write("third");
    second.commit();
    first.commit();
    third.commit();
  }
  BOOST_TEST(contents_of(folder / "a") == "first");
  BOOST_TEST(contents_of(folder / "b") == "third");
  BOOST_TEST(files_in(folder) == 2u);
}

BOOST_AUTO_TEST_CASE(what_bears_the_name_of_a_temporary_file_and_is_none_stays) {
  const TemporaryFolder folder;
  write_text(folder / "important", "old");
  fs::create_symlink("important", folder / ".xtape-0.tmp");
  fs::create_directory(folder / ".xtape-1.tmp");
  write_new(folder / "a");
  BOOST_TEST(contents_of(folder / "a") == "new");
  BOOST_TEST(contents_of(folder / "important") == "old");
  BOOST_TEST(files_in(folder) == 4u);
}

BOOST_AUTO_TEST_CASE(an_error_on_the_way_leaves_the_old_file) {
  const TemporaryFolder folder;
  StateDict dict{{"w", ones({2})}};
  save_npz(folder / "x.npz", dict);
  dict.insert("undefined", Tensor());
  BOOST_TEST(fails_with([&] { save_npz(folder / "x.npz", dict); }, "undefined"));
  BOOST_TEST(load_npz(folder / "x.npz").size() == 1u);
  BOOST_TEST(files_in(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(paths_that_cannot_be_written) {
  const TemporaryFolder folder;
  write_text(folder / "file", "");
  fs::create_directory(folder / "directory");
  fs::create_symlink("/dev/full", folder / "device");
  fs::create_symlink("loop", folder / "loop");
  BOOST_TEST(
      fails_with([&] { write_new(folder / "missing/a"); }, "missing/a: cannot be written: No such file"));
  BOOST_TEST(fails_with([&] { write_new(folder / "file/a"); }, "file/a: cannot be written: Not a directory"));
  BOOST_TEST(fails_with([&] { write_new(folder / "directory"); }, "cannot be written: is a directory"));
  BOOST_TEST(fails_with([&] { write_new(folder / "directory/"); }, "expected the name of a file"));
  BOOST_TEST(fails_with([&] { write_new(folder / "device"); }, "is not a regular file"));
  BOOST_TEST(fails_with([&] { write_new(folder / "loop"); }, "too many symbolic links"));
  BOOST_TEST(fails_with([&] { write_new(folder / std::string(300, 'a')); }, "File name too long"));
  BOOST_TEST(files_in(folder) == 4u);
  BOOST_TEST(files_in(folder / "directory") == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_protected_from_writing_stays, *boost::unit_test::precondition(is_not_root)) {
  const TemporaryFolder folder;
  write_text(folder / "a", "old");
  fs::permissions(folder / "a", fs::perms{0444});
  BOOST_TEST(fails_with([&] { write_new(folder / "a"); }, "a: cannot be written: Permission denied"));
  fs::permissions(folder / "a", fs::perms{0644});
  fs::permissions(folder.path(), fs::perms{0555});
  BOOST_TEST(fails_with([&] { write_new(folder / "a"); }, "a: cannot be written: Permission denied"));
  BOOST_TEST(fails_with([&] { write_new(folder / "b"); }, "b: cannot be written: Permission denied"));
  fs::permissions(folder.path(), fs::perms{0755});
  BOOST_TEST(contents_of(folder / "a") == "old");
  BOOST_TEST(files_in(folder) == 1u);
}

BOOST_AUTO_TEST_CASE(a_new_file_has_the_permissions_of_any_and_an_old_one_keeps_its) {
  const TemporaryFolder folder;
  write_text(folder / "other", "");
  write_new(folder / "new");
  BOOST_TEST(mode_of(folder / "new") == mode_of(folder / "other"));
  for (const unsigned mode : {0600u, 0664u, 0755u}) {
    fs::permissions(folder / "new", fs::perms{mode});
    write_new(folder / "new");
    BOOST_TEST(mode_of(folder / "new") == mode);
  }
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_stays_one) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "models");
  write_text(folder / "models/1", "old");
  fs::create_symlink("models/1", folder / "latest");
  fs::create_symlink("latest", folder / "twice");
  fs::create_symlink(folder / "models/2", folder / "next");  // nothing there yet
  for (const char* link : {"latest", "twice", "next"}) write_new(folder / link);
  BOOST_TEST(fs::read_symlink(folder / "latest") == "models/1");
  BOOST_TEST(fs::is_symlink(folder / "twice"));
  BOOST_TEST(contents_of(folder / "models/1") == "new");
  BOOST_TEST(contents_of(folder / "models/2") == "new");
  BOOST_TEST(files_in(folder / "models") == 2u);
}

BOOST_AUTO_TEST_CASE(a_name_without_a_folder_means_the_current_one) {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  write_new("a");
  fs::current_path(before);
  BOOST_TEST(contents_of(folder / "a") == "new");
  BOOST_TEST(files_in(folder) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
