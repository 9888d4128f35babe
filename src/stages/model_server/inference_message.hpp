// Tensors in the bodies of the Open Inference Protocol over HTTP, version 2: JSON, or JSON followed
// by the tensors' bytes.
//
// https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol (inference),
// https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::stages {

/// Numbers in row-major order.
struct Tensor {
    std::string name{};
    std::string datatype = "FP32";  ///< as the protocol calls it
    std::vector<std::size_t> shape{};
    std::vector<double> values{};  ///< (product of the shape)
};

/// How tensors go: as JSON numbers or as bytes behind the JSON.
enum class TensorForm { json, binary };

/// The header field that says how long the JSON before the bytes is.
inline constexpr auto inference_header_length = "Inference-Header-Content-Length";

struct InferenceBody {
    std::string bytes{};
    /// Of the JSON at the beginning; nothing: all of it is.
    std::optional<std::size_t> json_bytes{};
};

/// Asks for the tensors named `outputs`, or for all if that is empty, in the same form. Throws
/// DataError on an input of FP16, BF16 or BOOL, and on a value that its datatype does not have.
InferenceBody write_request(const std::vector<Tensor>& inputs,
                            const std::vector<std::string>& outputs,
                            TensorForm form);

/// An answer, for servers.
InferenceBody write_response(const std::string& model,
                             const std::vector<Tensor>& outputs,
                             TensorForm form);

/// The tensors of a body's list, `inputs` or `outputs`. Reads FP16, BF16, FP32, FP64, BOOL and
/// integers of all sizes; those of 64 bits as the nearest double. Throws DataError that says what
/// is wrong: JSON that is malformed or lacks a field, a number of values or bytes that is not the
/// shape's, another datatype.
std::vector<Tensor> read_tensors(const InferenceBody& body, std::string_view list);

/// Whether a request asks for binary outputs.
bool wants_binary(const InferenceBody& request);

/// Whether a server that describes itself so has Triton's binary tensor data extension.
bool has_binary_tensors(std::string_view description);

/// What an `{"error": "…"}` says, else the beginning of the text.
std::string error_text(std::string_view body);

}  // namespace trommel::stages
