// Golden files from JSON: tensors, arguments and cases.
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/golden.hpp"

namespace xtape::golden {

using nlohmann::json;

json read_json(const std::string& file) {
  std::ifstream in(file);
  check(in.good(), "{}: cannot be read; make_golden.py writes it", file);
  try {
    return json::parse(in);
  } catch (const json::exception& error) {
    throw Error(file + ": " + error.what());
  }
}

double read_real(const json& value) {
  if (!value.is_string()) return value.is_boolean() ? value.get<bool>() : value.get<double>();
  const auto text = value.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  check(text == "inf" || text == "-inf", "golden file: \"{}\" is not a number", text);
  return text == "inf" ? infinity : -infinity;
}

DType read_dtype(const std::string& name) {
  for (std::size_t i = 0; i < detail::dtype_count; ++i) {
    if (name_of(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  }
  throw Error("golden file: no dtype is called " + name);
}

Tensor read_tensor(const json& value) {
  const Shape shape(value.at("shape").get<std::vector<std::int64_t>>());
  const json& data = value.at("data");
  return detail::visit(read_dtype(value.at("dtype")), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> values;
    for (const json& element : data) {
      if constexpr (std::is_floating_point_v<T>) {
        values.push_back(static_cast<T>(read_real(element)));
      } else {
        values.push_back(element.get<T>());
      }
    }
    return from_vector(values, shape, {.dtype = dtype_of<T>()})
        .requires_grad_(value.value("requires_grad", false));
  });
}

Case read_case(const json& value) {
  Case result{.name = value.at("name"),
              .inputs = {},
              .args = Args(value.at("args")),
              .outputs = {},
              .grad_output = {},
              .grad_of = value.value("grad_of", std::size_t{0}),
              .grads = {}};
  for (const json& input : value.at("inputs")) result.inputs.push_back(read_tensor(input));
  for (const json& output : value.at("outputs")) result.outputs.push_back(read_tensor(output));
  if (value.contains("grad_output")) {
    result.grad_output = read_tensor(value.at("grad_output"));
    for (const json& g : value.at("grads")) result.grads.push_back(g.is_null() ? Tensor() : read_tensor(g));
  }
  return result;
}

std::vector<Case> read_cases(const std::string& file) {
  const json values = read_json(file).at("cases");
  std::vector<Case> cases;
  for (const json& value : values) cases.push_back(read_case(value));
  check(!cases.empty(), "{}: holds no cases", file);
  return cases;
}

Args::Args(const json& values) : values_(std::make_shared<const json>(values)) {}

const json& Args::at(const std::string& name) const {
  check(has(name), "golden file: argument {} is missing", name);
  return values_->at(name);
}

bool Args::empty() const { return values_->empty(); }

bool Args::has(const std::string& name) const { return values_->contains(name); }

Scalar Args::number(const std::string& name) const {
  const json& value = at(name);
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return read_real(value);
}

double Args::real(const std::string& name) const { return read_real(at(name)); }

double Args::real(const std::string& name, double otherwise) const {
  return has(name) ? real(name) : otherwise;
}

std::int64_t Args::integer(const std::string& name) const { return at(name).get<std::int64_t>(); }

std::int64_t Args::integer(const std::string& name, std::int64_t otherwise) const {
  return has(name) ? integer(name) : otherwise;
}

bool Args::flag(const std::string& name, bool otherwise) const {
  return has(name) ? at(name).get<bool>() : otherwise;
}

std::string Args::text(const std::string& name, const std::string& otherwise) const {
  return has(name) ? at(name).get<std::string>() : otherwise;
}

Shape Args::dims(const std::string& name) const {
  if (!is_list(name)) return Shape(integer(name));
  return Shape(at(name).get<std::vector<std::int64_t>>());
}

bool Args::is_list(const std::string& name) const { return at(name).is_array(); }
bool Args::is_text(const std::string& name) const { return at(name).is_string(); }

std::vector<double> Args::reals(const std::string& name) const {
  std::vector<double> result;
  for (const json& value : at(name)) result.push_back(read_real(value));
  return result;
}

Tensor Args::tensor(const std::string& name) const { return has(name) ? read_tensor(at(name)) : Tensor(); }

}  // namespace xtape::golden
