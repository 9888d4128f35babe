#pragma once

#include "trommel/core/random.hpp"
#include "trommel/pipeline/stage/effects.hpp"
#include "trommel/pipeline/stage/open_dataset.hpp"
#include "trommel/pipeline/stage/ports.hpp"
#include "trommel/pipeline/stage/records.hpp"
#include "trommel/pipeline/stage/secrets.hpp"
#include "trommel/runtime/channel.hpp"
#include "trommel/runtime/clock.hpp"
#include "trommel/runtime/cpu_pool.hpp"
#include "trommel/runtime/io_pool.hpp"

#include <asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace trommel {

class RecordCache;

using PayloadChannel = Channel<PayloadPtr>;

/// Every stage of every round runs in one; names where and for what it works, and what it may use.
struct StageContext {
    std::string stage{};      ///< its name in the pipeline file
    std::string run{};        ///< the run's id; tags that a stage makes begin with it
    std::uint32_t round = 1;  ///< counted from 1
    unsigned attempt = 1;     ///< at its work in this round, counted from 1
    std::uint64_t seed = 0;   ///< of the run
    std::filesystem::path
        directory{};  ///< for files of this stage in this round; made by who writes there
    OpenDataset& dataset;
    Platform& platform;
    CpuPool& cpu;  ///< for work that would hold up the event loop
    IoPool& io;    ///< for calls that block
    Clock& clock;
    const Secrets& secrets;                       ///< what nothing that is written down may hold
    RecordErrors records;                         ///< to tell of records that the stage cannot use
    Effects effects;                              ///< what must not happen twice in this round
    std::shared_ptr<RecordCache> record_cache{};  ///< of what it asks about samples, or null
    BitMask answered{};                ///< samples whose label it has sent in rounds that count
    bool ask_again = false;            ///< for labels that were given and are lost
    std::filesystem::path database{};  ///< of a platform in this process; of another: empty

    /// The stage's own random numbers of this round.
    Random random() const { return {seed, round, stage}; }
};

/// Is told when a stage waits for other stages: what it holds for its work, such as a place under a
/// limit, it does not need meanwhile.
class WaitObserver {
public:
    WaitObserver() = default;
    WaitObserver(const WaitObserver&) = delete;
    WaitObserver& operator=(const WaitObserver&) = delete;
    virtual ~WaitObserver() = default;

    virtual void wait_begins() = 0;
    /// Returns when the stage may work on.
    virtual asio::awaitable<void> wait_ends() = 0;
};

/// The streams that arrive at a stage, by port type.
class Inputs {
public:
    struct Stream {
        std::string_view port;
        PayloadChannel* channel;
        std::vector<PayloadPtr> kept{};  ///< received since keep(), in order
        std::size_t next = 0;            ///< of `kept`, to be given out again; its size: none
    };

    explicit Inputs(std::vector<Stream> streams) : streams_(std::move(streams)) {}

    /// The next batch of type T, or null once there is no more. Several streams of one type are
    /// read one after the other.
    template <typename T>
    asio::awaitable<std::shared_ptr<const T>> receive() {
        PayloadPtr next = co_await receive_any(T::port);
        co_return std::static_pointer_cast<const T>(next);  // the port is checked when the file is
    }

    /// The one value that arrives on a port of single values.
    template <typename T>
    asio::awaitable<std::shared_ptr<const T>> value() {
        PayloadPtr only = co_await receive_only(T::port);
        co_return std::static_pointer_cast<const T>(only);
    }

    /// Whether a stream of type T is connected.
    template <typename T>
    bool has() const {
        for (const auto& stream : streams_)
            if (stream.port == T::port) return true;
        return false;
    }

    /// Lets those who send here go on: nobody reads any more.
    void close();

    // What follows is for the runner.

    bool empty() const { return streams_.empty(); }
    const std::vector<Stream>& streams() const { return streams_; }
    /// Null: nobody. Outlives every receive.
    void observed_by(WaitObserver* observer) { observer_ = observer; }

    /// Waits until all that will come has come, one stream after the other, and keeps it.
    asio::awaitable<void> fill();

    /// From now on what is received is kept, so that rewind() can give it out once more.
    void keep() { keeps_ = true; }
    void rewind();
    /// Keeps nothing any more, and lets go of what was kept and has been given out.
    void forget();

private:
    asio::awaitable<PayloadPtr> receive_any(std::string_view port);
    asio::awaitable<PayloadPtr> receive_only(std::string_view port);
    asio::awaitable<PayloadPtr> receive_from(Stream& stream);
    asio::awaitable<PayloadPtr> take(Stream& stream) const;

    std::vector<Stream> streams_;
    WaitObserver* observer_ = nullptr;
    bool keeps_ = false;
};

/// Where a stage sends what it makes; every stage that reads from it gets every batch.
class Output {
public:
    using Listener = std::function<void(const PayloadPtr&)>;

    Output(std::vector<PayloadChannel*> readers, Listener listener)
        : readers_(std::move(readers)), listener_(std::move(listener)) {}

    /// Waits until every reader has room.
    asio::awaitable<void> send(PayloadPtr payload);

    /// Says that there is no more.
    void close();

    // What follows is for the runner.

    /// Whether anything has gone on to a reader, or was sent where there is none.
    bool has_sent() const { return has_sent_; }
    /// Null: nobody. Outlives every send.
    void observed_by(WaitObserver* observer) { observer_ = observer; }

private:
    asio::awaitable<void> hand_on(PayloadPtr payload);

    std::vector<PayloadChannel*> readers_;
    Listener listener_;
    WaitObserver* observer_ = nullptr;
    bool has_sent_ = false;
};

/// One step of a round. Made anew each round, from options that are checked already.
class Stage {
public:
    Stage() = default;
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    virtual ~Stage() = default;

    /// Runs until its inputs have nothing more. The round owns all three arguments and outlives
    /// this coroutine; it closes `out` when this returns. An exception ends the round.
    virtual asio::awaitable<void> run(StageContext& context, Inputs& in, Output& out) = 0;
};

}  // namespace trommel
