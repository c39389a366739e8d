// For LD_PRELOAD: makes one call of a system function fail. FAIL_CALL is its name, FAIL_NTH which call (1, 2,
// ...) of those that concern the folder FAIL_FOLDER (2+: the second and all after it), FAIL_ERRNO the error.
// The file FAIL_REPORT then appears.
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

bool is_in_folder(const char* path) {
  const char* folder = std::getenv("FAIL_FOLDER");
  return path != nullptr && folder != nullptr && std::string(path).starts_with(folder);
}

bool is_of_folder(int descriptor) {
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  char path[4096];
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return is_in_folder(path);
}

/// Whether this call is the one.
bool fails(const char* name, bool concerns) {
  static int count = 0;
  const char* wanted = std::getenv("FAIL_CALL");
  if (!concerns || wanted == nullptr || std::strcmp(wanted, name) != 0) return false;
  const std::string which = std::getenv("FAIL_NTH");
  const int first = std::atoi(which.c_str());
  if (++count < first || (count > first && !which.ends_with('+'))) return false;
  if (std::FILE* file = std::fopen(std::getenv("FAIL_REPORT"), "w")) std::fclose(file);
  errno = std::atoi(std::getenv("FAIL_ERRNO"));
  return true;
}

/// The function that this library's stands in front of.
template <class F>
F* real(const char* name, F*) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

size_t fwrite(const void* data, size_t size, size_t items, FILE* file) {
  if (fails("fwrite", is_of_folder(fileno(file)))) return 0;
  return real("fwrite", fwrite)(data, size, items, file);
}

int fflush(FILE* file) {
  if (file != nullptr && fails("fflush", is_of_folder(fileno(file)))) return EOF;
  return real("fflush", fflush)(file);
}

int fsync(int descriptor) {
  if (fails("fsync", is_of_folder(descriptor))) return -1;
  return real("fsync", fsync)(descriptor);
}

int rename(const char* from, const char* to) {
  if (fails("rename", is_in_folder(to))) return -1;
  return real("rename", rename)(from, to);
}

int remove(const char* path) {
  if (fails("remove", is_in_folder(path))) return -1;
  return real("remove", remove)(path);
}

int mkdir(const char* path, mode_t mode) {
  if (fails("mkdir", is_in_folder(path))) return -1;
  return real("mkdir", mkdir)(path, mode);
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (fails("open", is_in_folder(path))) return -1;
  return real("open", open)(path, flags, mode);
}
}
