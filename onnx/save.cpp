#include "onnx/save.hpp"

#include "io/files.hpp"
#include "onnx/export/detail/builder.hpp"

namespace xtape::onnx {

void detail::save(const Callable& model, const std::vector<Tensor>& example,
                  const std::filesystem::path& path, const SaveOptions& options) {
  io::write_bytes(path, saving::file_of(model, example, options));
}

}  // namespace xtape::onnx
