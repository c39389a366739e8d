// The stages of a convolutional net: a layer with the passes that join it, forward and back.
#pragma once

#include <barrier>
#include <cstdint>
#include <vector>

#include "benchmarks/floor/buffer.hpp"
#include "benchmarks/floor/patches.hpp"
#include "benchmarks/floor/threads.hpp"
#include "benchmarks/harness/image_nets.hpp"

namespace hand {

/// What lies between two stages, for the whole batch.
struct Value {
  bench::Planes planes;
  Buffer data, grad;     // no grad where nobody wants it
  bool is_kept = false;  // by a shortcut, whose gradient comes first: the stage in front adds its own

  bool wants_grad() const { return grad.size() > 0; }
  float* image(int n) { return data.data() + long(n) * planes.size(); }
  float* image_grad(int n) { return grad.data() + long(n) * planes.size(); }
};

/// Numbers that train. Each thread sums the gradient of its images.
struct Weights {
  Buffer values;
  std::vector<Buffer> grads;

  Weights() = default;
  Weights(std::size_t size, int threads);
  void update(Range part, float lr);  ///< by the sum of the threads' gradients
  int size() const { return static_cast<int>(values.size()); }
};

/// Threads call each member at once, each with images of its own.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void restart() {}
  virtual void forward(int thread, Range images) = 0;
  virtual void back(int thread, Range images) = 0;  ///< may overwrite the gradient of its output
  virtual void update(int /*thread*/, float /*lr*/) {}
};

struct Ends {
  Value *in, *out;
  bool relu = false;  ///< over the result
};

/// y = W patches(x) + bias, image by image.
class Conv : public Stage {
 public:
  Conv(Ends ends, const bench::ImageLayer& layer, int index, int threads);
  void restart() override;
  void forward(int thread, Range images) override;
  void back(int thread, Range images) override;
  void update(int thread, float lr) override;

 private:
  const float* columns(int thread, int image);

  Ends ends_;
  bench::ImageLayer layer_;
  int index_, threads_;
  Windows windows_;
  Weights weight_, bias_;
  std::vector<Buffer> columns_, columns_grad_;  // of an image, for each thread
};

/// A filter of 3 x 3 for each channel, over a copy of its plane with zeros around it.
class Depthwise : public Stage {
 public:
  Depthwise(Ends ends, const bench::ImageLayer& layer, int index, int threads);
  void restart() override;
  void forward(int thread, Range images) override;
  void back(int thread, Range images) override;
  void update(int thread, float lr) override;

 private:
  void spread(const float* plane, float* padded) const;

  Ends ends_;
  bench::ImageLayer layer_;
  int index_, threads_, padded_side_;
  Weights weight_;
  std::vector<Buffer> padded_, padded_grad_;
};

/// Batch norm, with a shortcut added and relu over the sum: one pass for the sums of a batch, one for the
/// result, and the same back.
class Norm : public Stage {
 public:
  /// `kept` is null, or what `add` brings to the size of the result and adds.
  Norm(Ends ends, Value* kept, const bench::ImageLayer& add, int threads, int batch, std::barrier<>& barrier);
  void restart() override;
  void forward(int thread, Range images) override;
  void back(int thread, Range images) override;
  void update(int thread, float lr) override;

 private:
  struct Sums {
    double first = 0, second = 0;
  };
  struct Channel {
    float mean, inverse_deviation;
  };
  using PerThread = std::vector<std::vector<Sums>>;  // and by channel

  int channels() const { return ends_.in->planes.channels; }
  Sums total(const PerThread& sums, int channel) const;
  void add_up(int thread, Range images);
  void normalize(int thread, Range images);
  void gate_and_add_up(int thread, Range images);
  const float* shortcut(int image, int channel);
  void back_to_shortcut(int image, int channel, const float* g);

  Ends ends_;
  Value* kept_;  // null without a shortcut
  bench::ImageLayer add_;
  int threads_;
  double count_;  // numbers of a channel
  std::barrier<>& barrier_;
  Weights weight_, bias_;
  std::vector<std::vector<Channel>> statistics_;  // each thread's copy
  PerThread sums_, grad_sums_;
};

/// The greatest of each 2 x 2, and which of the four it is.
class MaxPool : public Stage {
 public:
  MaxPool(Ends ends, int batch);
  void forward(int thread, Range images) override;
  void back(int thread, Range images) override;

 private:
  Ends ends_;
  std::vector<std::uint8_t> chosen_;
};

/// The mean of each plane.
class Average : public Stage {
 public:
  explicit Average(Ends ends) : ends_(ends) {}
  void forward(int thread, Range images) override;
  void back(int thread, Range images) override;

 private:
  Ends ends_;
};

/// y = x W^T + bias. The update takes the weight's columns by threads, over the whole batch.
class Linear : public Stage {
 public:
  Linear(Ends ends, const bench::ImageLayer& layer, int index, int threads, int batch);
  void restart() override;
  void forward(int thread, Range images) override;
  void back(int thread, Range images) override;
  void update(int thread, float lr) override;

 private:
  Ends ends_;
  bench::ImageLayer layer_;
  int index_, threads_, batch_;
  Buffer weight_, weight_grad_, bias_, bias_grad_;
};

}  // namespace hand
