#include "trommel/dataset/file_form.hpp"

#include "trommel/core/error.hpp"
#include "trommel/dataset/embeddings.hpp"
#include "trommel/dataset/files/input_stream.hpp"
#include "trommel/dataset/files/npy.hpp"
#include "trommel/dataset/labels.hpp"
#include "trommel/dataset/names.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace trommel::dataset {
namespace {

struct Signature {
    std::string_view bytes;
    std::string_view what;
};

/// What a file can be taken for by mistake and no text is.
constexpr std::array signatures{Signature{"\x93NUMPY", "a NumPy array"},
                                Signature{"PK\x03\x04", "a zip archive, as .npz is one"},
                                Signature{"PAR1", "a Parquet file"},
                                Signature{"\x89PNG", "an image"},
                                Signature{"\xFF\xD8\xFF", "an image"},
                                Signature{"SQLite format 3", "a database"}};

/// Reads from the file, which shows whether that can be done.
std::string beginning_of(const std::filesystem::path& file) {
    std::string bytes(16, '\0');
    const auto in = open_input(file);
    in->read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in->gcount()));
    return bytes;
}

void refuse_binary(const std::filesystem::path& file) {
    const auto bytes = beginning_of(file);
    for (const auto& signature : signatures)
        if (bytes.starts_with(signature.bytes))
            throw DataError(fmt::format("{}: is {}", file.string(), signature.what));
}

void check_array(const std::filesystem::path& file) {
    if (file.extension() == ".npz")
        NpyArray::open_member(file);
    else
        NpyArray::open(file);
}

}  // namespace

std::string_view to_string(FileForm form) {
    switch (form) {
        case FileForm::unread:
        case FileForm::any:
            break;
        case FileForm::names:
            return "a text with one file name a line";
        case FileForm::labels:
            return "a CSV with the columns file_name and label";
        case FileForm::embeddings:
            return "a CSV with the columns filenames, embedding_0, embedding_1, …, labels";
        case FileForm::array:
            return "a .npy or .npz, its first dimension the samples";
        case FileForm::predictions:
            return "predictions in the form that 'format' says";
    }
    return "a file that can be read";
}

void check_file(const std::filesystem::path& file, FileForm form) {
    if (form == FileForm::unread) return;
    if (std::filesystem::is_directory(file)) {
        if (form == FileForm::predictions) return;
        throw DataError(fmt::format("{}: is a folder", file.string()));
    }
    if (!std::filesystem::is_regular_file(file)) return;
    if (form == FileForm::any || form == FileForm::predictions)
        beginning_of(file);
    else if (form == FileForm::array)
        check_array(file);
    else
        refuse_binary(file);
    if (form == FileForm::names) check_names(file);
    if (form == FileForm::labels) check_labels(file);
    if (form == FileForm::embeddings) check_embeddings(file);
}

}  // namespace trommel::dataset
