// ScoresReader: an upload of scores as it comes in, piece by piece.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::server {

struct UploadedScores {
    std::string type{};
    std::vector<double> values{};
};

/// Reads `{"scoreType": "…", "scores": […]}` in any order of members; others are passed over. Holds
/// the numbers and not their text, which for a million scores is 20 MB.
///
/// Numbers are read exactly. Python's literals count as numpy.nan_to_num has it: NaN is 0, an
/// infinity the largest double of its sign. Every failure is an ApiError, 400 for what is not JSON
/// and 422 for what is not a such upload.
class ScoresReader {
public:
    /// Refuses more than `max_values`.
    explicit ScoresReader(std::size_t max_values) : max_values_(max_values) {}

    void read(std::string_view piece);
    UploadedScores finish();

private:
    void read_outside(char c);
    void read_in_string(char c);
    std::size_t read_values(std::string_view piece);
    void take_value();
    void open_list();
    void extend_token(char c);
    void note_comma();

    std::size_t max_values_;
    std::vector<double> values_;
    std::string rest_;    ///< the body with empty `scores`
    std::string string_;  ///< the last one, without quotes and as written
    std::string token_;   ///< of a value, perhaps begun in an earlier piece
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
    bool after_name_ = false;  ///< between `"scores":` and its value
    bool in_values_ = false;
    bool seen_ = false;
    bool value_expected_ = false;  ///< after a comma
};

}  // namespace trommel::server
