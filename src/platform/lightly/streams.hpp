// Large JSON, read piece by piece as it comes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trommel::lightly {

/// Reads a JSON list of texts. Throws PlatformError (unusable) if it is something else.
class TextList {
public:
    TextList();
    TextList(const TextList&) = delete;
    TextList& operator=(const TextList&) = delete;
    ~TextList();

    void read(std::string_view piece);
    /// Once all has been read.
    std::vector<std::string> finish();

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

/// Reads the list of numbers that an object has under `name`, each the double nearest to its text,
/// null as NaN. Throws PlatformError (unusable) if there is none.
class NumberList {
public:
    explicit NumberList(std::string_view name) : key_('"' + std::string(name) + '"') {}

    void read(std::string_view piece);
    std::vector<double> finish();

private:
    void find_list();
    void take_numbers();

    std::string key_;
    std::string rest_;  ///< what is not understood before more has come
    bool in_list_ = false;
    bool done_ = false;
    std::vector<double> numbers_;
};

}  // namespace trommel::lightly
