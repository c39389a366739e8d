// Damaged files: whatever bytes a file holds, reading it gives tensors or an Error, and takes no memory that
// the file does not answer for.
#include "autograd/base/random.hpp"
#include "autograd/base/storage.hpp"
#include "files/npy.hpp"
#include "files/safetensors.hpp"
#include "tests/files/files.hpp"
#include "tests/support/golden.hpp"

namespace xtape::testing {
namespace {

using Read = StateDict (*)(const io::Source&);

StateDict read_model(const io::Source& source) { return load(source); }
StateDict read_npz(const io::Source& source) { return load_npz(source); }
StateDict read_npy(const io::Source& source) { return {{"", load_npy(source)}}; }

/// Reads one damaged file after another. Any exception but Error leaves it and fails the test.
class Damage {
 public:
  explicit Damage(Read read) : read_(read) {}
  ~Damage() {
    BOOST_TEST_MESSAGE(good_ << " read, " << refused_ << " refused");
    BOOST_TEST(detail::pool::statistics().bytes_reserved <= reserved_ + (8u << 20));
  }
  Damage(const Damage&) = delete;
  Damage& operator=(const Damage&) = delete;

  void read(const std::string& bytes) {
    const io::Source source(std::as_bytes(std::span(bytes)), "damaged");
    try {
      for (const auto& [name, value] : read_(source)) value.to_vector<double>();
      ++good_;
    } catch (const Error& error) {
      ++refused_;
      const std::string_view text = error.what();
      if (text.find("damaged") == text.npos) BOOST_ERROR("does not name the file: " << text);
    }
  }

  /// Every beginning of the file, and every byte changed in several ways.
  void try_all(const std::string& valid) {
    read(valid);
    BOOST_TEST(good_ == 1);
    for (std::size_t length = 0; length < valid.size(); ++length) read(valid.substr(0, length));
    BOOST_TEST(good_ == 1);  // no beginning of a file is a file
    for (std::size_t i = 0; i < valid.size(); ++i) {
      for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
        std::string bytes = valid;
        bytes[i] = static_cast<char>(bytes[i] ^ flip);
        read(bytes);
      }
    }
    BOOST_TEST(refused_ > good_ / 4);
  }

  /// Some bytes changed, removed, repeated and moved at once.
  void try_some(const std::string& valid, int rounds) {
    Generator random(20240229);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random.below(n)); };
    for (int round = 0; round < rounds; ++round) {
      std::string bytes = valid;
      for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
        const std::size_t at = below(bytes.size()), count = 1 + below(8);
        switch (below(4)) {
          case 0: bytes[at] = static_cast<char>(random.next()); break;
          case 1: bytes.erase(at, count); break;
          case 2: bytes.insert(at, bytes.substr(below(bytes.size()), count)); break;
          default: bytes.replace(at, count, bytes.substr(below(bytes.size()), count));
        }
      }
      read(bytes);
    }
  }

 private:
  Read read_;
  int good_ = 0, refused_ = 0;
  std::size_t reserved_ = detail::pool::statistics().bytes_reserved;
};

void damage_golden(const std::string& name, Read read) {
  const std::string valid = io::read_bytes(golden::path("files") + "/" + name);
  Damage damage(read);
  damage.try_all(valid);
  damage.try_some(valid, 500);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(files_fuzz)

BOOST_AUTO_TEST_CASE(damaged_safetensors) {
  damage_golden("dtypes.safetensors", read_model);
  damage_golden("converted.safetensors", read_model);
}

BOOST_AUTO_TEST_CASE(damaged_arrays) {
  damage_golden("float32.npy", read_npy);
  damage_golden("fortran_big_endian.npy", read_npy);
  damage_golden("version_3.npy", read_npy);
  damage_golden("uint64.npy", read_npy);
}

BOOST_AUTO_TEST_CASE(damaged_archives) {
  damage_golden("sequential.npz", read_npz);
  damage_golden("savez_compressed.npz", read_npz);
}

BOOST_AUTO_TEST_CASE(damaged_files_of_pytorch) {
  damage_golden("torch_strides.pt", read_model);
  damage_golden("torch_2_big.pt", read_model);
  damage_golden("legacy_strides.pt", read_model);  // without checksums: each byte reaches the pickle
  damage_golden("legacy_views.pt", read_model);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtape::testing
