// Secrets: what a pipeline knows by name and nobody may read in what it leaves behind.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trommel {

/// The shortest value of a secret: shorter ones cannot be told from the text around them.
inline constexpr std::size_t min_secret_bytes = 8;

/// The values of `secrets:`, by name. They live in memory alone: files, messages and digests have
/// the reference, `${secrets.token}`, or `***`.
class Secrets {
public:
    /// The value is at least min_secret_bytes long.
    void add(std::string name, std::string value);

    bool empty() const { return values_.empty(); }
    std::vector<std::string> names() const;
    const std::map<std::string, std::string>& values() const { return values_; }

    /// The text with `***` for each value in it; also for the end of one with which it begins,
    /// since of what programs say only the last bytes may have been kept.
    std::string redacted(std::string text) const;

    /// The name of a secret whose value appears in the text.
    std::optional<std::string> find_in(std::string_view text) const;

private:
    std::map<std::string, std::string> values_;
};

}  // namespace trommel
