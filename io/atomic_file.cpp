// Temporary file, fsync, rename, and fsync of the folder: at every instant one whole file bears the name.
//
// A process that is killed cannot remove its temporary file. So the names of these are few, the same for
// every target of a folder, and who writes one holds a lock on it: a later save removes what nobody holds.
#include "io/atomic_file.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "autograd/base/error.hpp"

namespace xtape::io {

namespace fs = std::filesystem;

namespace {

/// The file that `path` means in the end, be it there or not.
fs::path follow_links(fs::path path) {
  const std::string name = path.string();
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(path, error)); ++links) {
    check(links < 40, "{}: too many symbolic links", name);
    const fs::path link = fs::read_symlink(path, error);
    check(!error, "{}: cannot be written: {}", name, error.message());
    path = path.parent_path() / link;  // an absolute link replaces the folder
  }
  return path;
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

/// Makes `descriptor` as accessible as the file it will replace.
bool inherit(int descriptor, const struct stat& old) {
  // Only root may give a file away. Whoever may not still owns what was written.
  const bool given = ::fchown(descriptor, old.st_uid, old.st_gid) == 0;
  return ::fchmod(descriptor, old.st_mode & (given ? 07777u : 0777u)) == 0;
}

/// Whether `path` still is the name of the file that `descriptor` has open.
bool is_named(int descriptor, const fs::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor, &open) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

/// Removes a temporary file of this user's that no process holds.
void remove_stale(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  struct stat facts {};
  const bool is_own =
      ::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == ::geteuid();
  if (is_own && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_named(descriptor, path)) {
    ::unlink(path.c_str());
  }
  ::close(descriptor);
}

/// A new file under a lock; -1 and errno otherwise, EEXIST where another process has the name.
int create_locked(const fs::path& path, unsigned mode) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return -1;
  // Before the lock another process may have taken the file for a stale one. File systems without locks have
  // none who could.
  const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  if ((locked || errno != EWOULDBLOCK) && is_named(descriptor, path)) return descriptor;
  ::close(descriptor);
  errno = EEXIST;
  return -1;
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& path) : name_(path.string()), target_(follow_links(path)) {
  check(target_.has_filename(), "{}: cannot be written: expected the name of a file", name_);
  struct stat old {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  if (exists) {
    check(!S_ISDIR(old.st_mode), "{}: cannot be written: is a directory", name_);
    check(S_ISREG(old.st_mode), "{}: cannot be written: is not a regular file", name_);
    // Renaming asks only for the folder's permission; a file protected from writing must stay.
    if (::access(target_.c_str(), W_OK) != 0) fail(errno);
  }
  open_temporary(exists ? old.st_mode & 0777u : 0666u);
  if (exists && !inherit(fileno(file_), old)) fail(errno);
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::open_temporary(unsigned mode) {
  constexpr int kMostWriters = 1000;  // to one folder at a time
  int descriptor = -1;
  for (int slot = 0; slot < kMostWriters && descriptor < 0; ++slot) {
    temporary_ = folder_of(target_) / fmt::format(".xtape-{}.tmp", slot);
    remove_stale(temporary_);
    descriptor = create_locked(temporary_, mode);
    if (descriptor < 0 && errno != EEXIST) break;
  }
  if (descriptor < 0) {
    const int error = errno;
    temporary_.clear();  // another's, if there is one
    fail(error);
  }
  file_ = ::fdopen(descriptor, "wb");
  if (!file_) {
    const int error = errno;
    ::close(descriptor);
    fail(error);
  }
}

void AtomicFile::write(const void* data, std::size_t count) {
  if (count > 0 && std::fwrite(data, 1, count, file_) != count) fail(errno);
  position_ += count;
}

void AtomicFile::commit() {
  if (std::fflush(file_) != 0 || ::fsync(fileno(file_)) != 0) fail(errno);
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0)
    fail(errno);  // under the lock, which ends with the file
  temporary_.clear();
  std::fclose(std::exchange(file_, nullptr));  // everything is on the disk

  // The name is on the disk once its folder is. Some file systems cannot say so; the file is whole in any
  // case.
  const int folder = ::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
}

void AtomicFile::discard() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());  // under the lock
  temporary_.clear();
  if (file_) std::fclose(std::exchange(file_, nullptr));
}

void AtomicFile::fail(int error) {
  discard();
  throw Error(fmt::format("{}: cannot be written: {}", name_, std::strerror(error)));
}

}  // namespace xtape::io
