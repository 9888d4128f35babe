// Any bytes of a model server give whole tensors, or a DataError. The first two bytes say how long
// the JSON is; 0xFFFF: that all of it is.
#include "stages/model_server/inference_message.hpp"
#include "text.hpp"
#include "trommel/core/error.hpp"

#include <functional>
#include <numeric>

namespace {

using namespace trommel::stages;

std::size_t values_of(const Tensor& tensor) {
    return std::accumulate(
        tensor.shape.begin(), tensor.shape.end(), std::size_t{1}, std::multiplies<>());
}

void check(const std::vector<Tensor>& tensors) {
    for (const auto& tensor : tensors)
        trommel::test::require(tensor.values.size() == values_of(tensor));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t json_bytes = data[0] + std::size_t{256} * data[1];
    InferenceBody body{.bytes = std::string(trommel::test::text_of(data + 2, size - 2))};
    if (json_bytes != 0xFFFF) body.json_bytes = json_bytes;
    for (const auto* list : {"inputs", "outputs"}) {
        try {
            check(read_tensors(body, list));
        } catch (const trommel::DataError&) {
            continue;
        }
    }
    try {
        wants_binary(body);
    } catch (const trommel::DataError&) {
        return 0;
    }
    error_text(body.bytes);
    has_binary_tensors(body.bytes);
    return 0;
}
