// Input files, opened as far as their header: what shows that a file is the wrong one, before hours
// are spent on it.
#pragma once

#include <filesystem>
#include <string_view>

namespace trommel::dataset {

/// What a file must be to serve where it is named.
enum class FileForm {
    unread,  ///< nobody reads it there, or who does says what is wrong
    any,
    names,
    labels,
    embeddings,
    array,
    predictions,  ///< also a folder; more than that depends on the task
};

/// In words: `a CSV with the columns file_name and label`.
std::string_view to_string(FileForm form);

/// Opens the file and reads its header and first row. Throws DataError where it cannot be read, is
/// a folder or of another form. Pipes and devices, which can be read but once, are left alone.
void check_file(const std::filesystem::path& file, FileForm form);

}  // namespace trommel::dataset
