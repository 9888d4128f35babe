#include "pipeline/engine/cache/payload_bytes.hpp"

#include "pipeline/engine/cache/bytes.hpp"
#include "trommel/core/digest.hpp"

#include <algorithm>
#include <cassert>

namespace trommel {
namespace {

void write(const BasicMatrix<double>& matrix, ByteWriter& bytes) {
    bytes.add(static_cast<std::uint64_t>(matrix.rows()));
    bytes.add(static_cast<std::uint64_t>(matrix.cols()));
    bytes.add(matrix.values());
}

BasicMatrix<double> read_matrix(ByteReader& bytes) {
    const auto rows = bytes.number<std::uint64_t>();
    const auto cols = bytes.number<std::uint64_t>();
    const auto values = bytes.numbers<double>();
    const bool fits = cols == 0 ? values.empty() && rows == 0
                                : values.size() % cols == 0 && values.size() / cols == rows;
    if (!fits) throw DataError("its numbers do not fit");
    BasicMatrix<double> matrix(rows, cols);
    std::ranges::copy(values, matrix.values().begin());
    return matrix;
}

// Two functions for each payload type: its bytes, and back.

void write(const ClassificationBatch& batch, ByteWriter& bytes) {
    bytes.add(std::span<const SampleIndex>(batch.samples));
    write(batch.probs, bytes);
    if (batch.precision == scoring::Precision::f32) bytes.add(std::uint8_t{1});
}

void read(ByteReader& bytes, ClassificationBatch& batch) {
    batch.samples = bytes.numbers<SampleIndex>();
    batch.probs = read_matrix(bytes);
    if (bytes.at_end()) return;
    if (bytes.number<std::uint8_t>() != 1) throw DataError("it has no such precision");
    batch.precision = scoring::Precision::f32;
}

void write(const ScoreBatch& batch, ByteWriter& bytes) {
    bytes.add(std::span<const SampleIndex>(batch.samples));
    bytes.add(static_cast<std::uint64_t>(batch.columns.size()));
    for (const auto& column : batch.columns) {
        bytes.add(std::string_view(column.name));
        bytes.add(std::span<const double>(column.values));
    }
}

void read(ByteReader& bytes, ScoreBatch& batch) {
    batch.samples = bytes.numbers<SampleIndex>();
    for (auto count = bytes.number<std::uint64_t>(); count > 0; --count) {
        auto name = bytes.text();
        batch.columns.push_back({.name = std::move(name), .values = bytes.numbers<double>()});
    }
}

void write(const Metrics& metrics, ByteWriter& bytes) {
    bytes.add(static_cast<std::uint64_t>(metrics.values.size()));
    for (const auto& [name, value] : metrics.values) {
        bytes.add(std::string_view(name));
        bytes.add(value);
    }
}

void read(ByteReader& bytes, Metrics& metrics) {
    for (auto count = bytes.number<std::uint64_t>(); count > 0; --count) {
        auto name = bytes.text();
        metrics.values.emplace_back(std::move(name), bytes.number<double>());
    }
}

void write(const LinearProbeModel& model, ByteWriter& bytes) {
    bytes.add(model.standardizer.is_none());
    bytes.add(std::span<const double>(model.standardizer.means()));
    bytes.add(std::span<const double>(model.standardizer.factors()));
    bytes.add(std::span<const learning::ClassIndex>(model.probe.classes));
    write(model.probe.weights, bytes);
    bytes.add(std::span<const double>(model.probe.intercepts));
    bytes.add(model.classes);
}

void read(ByteReader& bytes, LinearProbeModel& model) {
    const bool none = bytes.number<std::uint8_t>() != 0;
    auto means = bytes.numbers<double>();
    auto factors = bytes.numbers<double>();
    if (!none)
        model.standardizer = learning::Standardizer::by(std::move(means), std::move(factors));
    model.probe.classes = bytes.numbers<learning::ClassIndex>();
    model.probe.weights = read_matrix(bytes);
    model.probe.intercepts = bytes.numbers<double>();
    model.classes = bytes.texts();
}

/// The same model in another place is the same model.
void write(const DirectoryModel& model, ByteWriter& bytes) {
    bytes.add(std::string_view(folder_digest(model.directory)));
}

void read(ByteReader& bytes, DirectoryModel& model) {
    if (folder_digest(model.directory) != bytes.text())
        throw DataError("the model's files are not those that were kept");
}

template <typename... T>
struct Types {};

using Kept = Types<ClassificationBatch, ScoreBatch, Metrics, LinearProbeModel, DirectoryModel>;

template <typename Use, typename... T>
bool with_type(std::string_view port, Use use, Types<T...> /*all*/) {
    return ((T::port == port && (use(std::type_identity<T>()), true)) || ...);
}

/// Calls `use` with the identity of the port's type; false if it cannot be kept.
template <typename Use>
bool with_type(std::string_view port, Use use) {
    return with_type(port, std::move(use), Kept());
}

}  // namespace

bool can_be_kept(std::string_view port) {
    return with_type(port, [](auto) {});
}

std::string encode(std::string_view port, const Payload& payload) {
    ByteWriter bytes;
    [[maybe_unused]] const bool kept = with_type(port, [&]<typename T>(std::type_identity<T>) {
        write(static_cast<const T&>(payload), bytes);
    });
    assert(kept && "lint lets only stages of such ports have a cache");
    return bytes.bytes();
}

PayloadPtr decode(std::string_view port,
                  std::string_view bytes,
                  TagSetPtr of,
                  const std::filesystem::path& folder) {
    ByteReader reader(bytes);
    PayloadPtr made;
    with_type(port, [&]<typename T>(std::type_identity<T>) {
        auto payload = std::make_shared<T>();
        payload->of = std::move(of);
        if constexpr (std::is_same_v<T, DirectoryModel>) payload->directory = folder;
        read(reader, *payload);
        made = std::move(payload);
    });
    if (!reader.at_end()) throw DataError("it is longer than it should be");
    return made;
}

std::string folder_digest(const std::filesystem::path& folder) {
    using Options = std::filesystem::directory_options;
    std::vector<std::string> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder, Options::follow_directory_symlink))
        if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder));
    std::ranges::sort(files);
    std::string all;
    for (const auto& file : files) all += sha256(file) + sha256_of_file(folder / file);
    return sha256(all);
}

}  // namespace trommel
