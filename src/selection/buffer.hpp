#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace trommel::selection {

/// A fixed number of values, not initialised, aligned to a cache line; large ones lie in huge
/// pages, where random access is twice as fast and the first touch ten times.
template <typename T>
class Buffer {
public:
    static_assert(std::is_trivial_v<T>);

    Buffer() = default;
    explicit Buffer(std::size_t count) : values_(allocate(count)), count_(count) {}

    T* data() { return values_.get(); }
    const T* data() const { return values_.get(); }
    std::size_t size() const { return count_; }
    T& operator[](std::size_t i) { return values_.get()[i]; }
    const T& operator[](std::size_t i) const { return values_.get()[i]; }
    std::span<T> all() { return {data(), count_}; }
    std::span<const T> all() const { return {data(), count_}; }

private:
    struct Free {
        void operator()(T* values) const { std::free(values); }
    };

    static T* allocate(std::size_t count) {
        constexpr std::size_t huge = std::size_t{1} << 21U;
        const std::size_t needed = count * sizeof(T);
        const std::size_t alignment = needed >= huge ? huge : 64;
        const std::size_t bytes = (needed / alignment + 1) * alignment;
        void* memory = std::aligned_alloc(alignment, bytes);
        if (memory == nullptr) throw std::bad_alloc();
        if (alignment == huge) ::madvise(memory, bytes, MADV_HUGEPAGE);
        return static_cast<T*>(memory);
    }

    std::unique_ptr<T, Free> values_;
    std::size_t count_ = 0;
};

}  // namespace trommel::selection
