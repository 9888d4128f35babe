// Values as bytes and back, for what is kept in a cache: fixed widths, this machine's byte order.
#pragma once

#include "trommel/core/error.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace trommel {

class ByteWriter {
public:
    template <typename T>
    requires std::is_arithmetic_v<T>
    void add(T value) { append(&value, sizeof value); }

    void add(std::string_view text) {
        add(static_cast<std::uint64_t>(text.size()));
        bytes_ += text;
    }

    template <typename T>
    requires std::is_arithmetic_v<T>
    void add(std::span<const T> values) {
        add(static_cast<std::uint64_t>(values.size()));
        append(values.data(), values.size_bytes());
    }

    void add(const std::vector<std::string>& texts) {
        add(static_cast<std::uint64_t>(texts.size()));
        for (const auto& text : texts) add(std::string_view(text));
    }

    const std::string& bytes() const { return bytes_; }

private:
    void append(const void* data, std::size_t size) {
        bytes_.append(static_cast<const char*>(data), size);
    }

    std::string bytes_;
};

/// Reads in the order of writing. Throws DataError where the bytes end too early.
class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    template <typename T>
    T number() {
        T value{};
        std::memcpy(&value, piece(sizeof value).data(), sizeof value);
        return value;
    }

    std::string text() { return std::string(piece(number<std::uint64_t>())); }

    template <typename T>
    std::vector<T> numbers() {
        const auto count = number<std::uint64_t>();
        if (count > rest_.size() / sizeof(T)) fail();
        std::vector<T> values(count);
        const auto bytes = piece(count * sizeof(T));
        if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
        return values;
    }

    std::vector<std::string> texts() {
        std::vector<std::string> texts;
        for (auto count = number<std::uint64_t>(); count > 0; --count) texts.push_back(text());
        return texts;
    }

    bool at_end() const { return rest_.empty(); }

private:
    [[noreturn]] static void fail() { throw DataError("it is cut off"); }

    std::string_view piece(std::uint64_t size) {
        if (size > rest_.size()) fail();
        const auto bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return bytes;
    }

    std::string_view rest_;
};

}  // namespace trommel
