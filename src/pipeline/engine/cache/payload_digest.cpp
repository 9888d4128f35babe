#include "pipeline/engine/cache/payload_digest.hpp"

#include "pipeline/engine/cache/bytes.hpp"
#include "pipeline/engine/cache/payload_bytes.hpp"
#include "trommel/core/digest.hpp"

#include <algorithm>
#include <map>

namespace trommel {
namespace {

void add(ByteWriter& bytes, const std::optional<Tag>& tag) {
    bytes.add(tag.has_value());
    if (tag) bytes.add(tag->mask.words());
}

void add_samples(ByteWriter& bytes, const TagSetPtr& of) {
    if (!of) return;
    bytes.add(*of->names);
    bytes.add(of->query.mask.words());
    add(bytes, of->preselected);
    add(bytes, of->holdout);
}

/// All batches as one, in the order of samples.
void add_labels(ByteWriter& bytes, const std::vector<PayloadPtr>& batches) {
    std::multimap<SampleIndex, std::string_view> labels;
    for (const auto& payload : batches) {
        const auto& batch = static_cast<const LabelBatch&>(*payload);
        for (std::size_t i = 0; i < batch.samples.size(); ++i)
            labels.emplace(batch.samples[i], batch.labels[i]);
    }
    for (const auto& [sample, label] : labels) {
        bytes.add(sample);
        bytes.add(label);
    }
    if (!batches.empty()) bytes.add(static_cast<const LabelBatch&>(*batches.front()).classes);
}

void add_contents(ByteWriter& bytes,
                  std::string_view port,
                  const std::vector<PayloadPtr>& payloads) {
    if (port == LabelBatch::port)
        add_labels(bytes, payloads);
    else if (port != TagSet::port)
        for (const auto& payload : payloads) bytes.add(std::string_view(encode(port, *payload)));
}

}  // namespace

bool has_digest(std::string_view port) {
    return port == TagSet::port || port == LabelBatch::port || port == LinearProbeModel::port ||
           port == DirectoryModel::port;
}

std::string digest_of(std::string_view port, const std::vector<PayloadPtr>& payloads) {
    ByteWriter bytes;
    add_contents(bytes, port, payloads);
    TagSetPtr last;
    for (const auto& payload : payloads) {
        const TagSetPtr of = samples_of(port, payload);
        if (of != last) add_samples(bytes, of);
        last = of;
    }
    return sha256(bytes.bytes());
}

std::string digest_without_samples(std::string_view port, const std::vector<PayloadPtr>& payloads) {
    ByteWriter bytes;
    add_contents(bytes, port, payloads);
    return sha256(bytes.bytes());
}

TagSetPtr samples_of(std::string_view port, const PayloadPtr& payload) {
    if (port == TagSet::port) return std::static_pointer_cast<const TagSet>(payload);
    if (port == LabelBatch::port) return static_cast<const LabelBatch&>(*payload).of;
    if (port == LinearProbeModel::port) return static_cast<const LinearProbeModel&>(*payload).of;
    if (port == DirectoryModel::port) return static_cast<const DirectoryModel&>(*payload).of;
    return nullptr;
}

}  // namespace trommel
