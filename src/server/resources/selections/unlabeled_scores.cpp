#include "server/resources/selections/unlabeled_scores.hpp"

#include "trommel/core/text.hpp"
#include "trommel/platform/naming.hpp"
#include "trommel/platform/wire/json.hpp"

#include <algorithm>
#include <string_view>

namespace trommel::server {

namespace {

constexpr const char* unlabeled_scores_kind = "unlabeled-scores";

store::DocumentFilter at(const Tag& tag) {
    return {.kind = unlabeled_scores_kind, .dataset = tag.dataset, .owner = tag.id.text()};
}

std::string to_body(const std::vector<double>& values) {
    std::string body;
    for (const double value : values) {
        append_json(body, value);
        body += ' ';
    }
    return body;
}

std::vector<double> to_values(std::string_view body) {
    std::vector<double> values;
    while (!body.empty()) {
        const auto end = body.find(' ');
        values.push_back(*parse_number(body.substr(0, end)));
        body.remove_prefix(end + 1);
    }
    return values;
}

}  // namespace

void keep_unlabeled_scores(store::ServedStore& store,
                           const Tag& tag,
                           const std::string& type,
                           const std::vector<double>& values,
                           Timestamp now) {
    check_score_type(type);
    store.put_document({.id = new_id(),
                        .kind = unlabeled_scores_kind,
                        .dataset = tag.dataset,
                        .owner = tag.id.text(),
                        .key = type,
                        .body = to_body(values),
                        .created_at = now,
                        .changed_at = now});
}

std::vector<Score> unlabeled_scores(store::ServedStore& store, const Tag& tag) {
    std::vector<Score> scores;
    for (const auto& each : store.documents(at(tag)))
        scores.push_back({.tag = tag.id, .type = each.key, .created_at = each.changed_at});
    return scores;
}

std::optional<std::vector<double>> unlabeled_values(store::ServedStore& store,
                                                    const Tag& tag,
                                                    const std::string& type) {
    const auto kept = store.find_document(at(tag), type);
    if (!kept) return std::nullopt;
    return to_values(kept->body);
}

std::optional<TypedScores> newest_unlabeled(store::ServedStore& store, const Tag& tag) {
    const auto kept = store.documents(at(tag));
    const auto last = std::max_element(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
        return a.changed_at < b.changed_at;
    });
    if (last == kept.end()) return std::nullopt;
    return TypedScores{last->key, to_values(last->body)};
}

std::optional<TypedScores> as_query_scores(TypedScores kept,
                                           const Tag& query,
                                           const Tag& preselected) {
    if (kept.values.size() != (query.mask - preselected.mask).count()) return std::nullopt;
    TypedScores scores{.type = std::move(kept.type), .values = {}};
    auto value = kept.values.begin();
    for (const auto sample : query.mask.indices())
        scores.values.push_back(preselected.mask.contains(sample) ? 0 : *value++);
    return scores;
}

}  // namespace trommel::server
