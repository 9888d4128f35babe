#include "trommel/runtime/io_pool.hpp"

#include <asio/post.hpp>

#include <cassert>

namespace trommel {

IoPool::IoPool(unsigned threads) : threads_(threads) { assert(threads > 0); }

IoPool::~IoPool() { threads_.join(); }

void IoPool::post(std::function<void()> job) { asio::post(threads_, std::move(job)); }

}  // namespace trommel
