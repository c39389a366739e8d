// The messages of ONNX files, which protoc makes of onnx/onnx_schema.proto, in the namespace
// xtape::onnx::proto.
#pragma once

#include <onnx_schema.pb.h>
