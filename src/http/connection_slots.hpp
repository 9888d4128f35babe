// ConnectionSlots: which connections a server has, by what they do, so that the one to go first is
// found at once where there are too many.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <span>
#include <string>
#include <unordered_map>

namespace trommel::http {

/// One loop only; outlives its slots.
class ConnectionSlots {
public:
    enum class Activity {
        idle,       ///< between two requests
        receiving,  ///< opens, sends a request, or is on its way out
        answering,  ///< waits for its answer or fetches it
    };

    /// A connection that sits here.
    class Holder {
    public:
        Holder() = default;
        Holder(const Holder&) = delete;
        Holder& operator=(const Holder&) = delete;
        virtual ~Holder() = default;

        /// Its slot has been given away: it ends as soon as it can.
        virtual void leave() = 0;
    };

    class Slot;

    struct Limits {
        std::size_t all;
        std::size_t strangers;    ///< who have not yet shown that they are known
        std::size_t per_network;  ///< strangers or not
    };

    explicit ConnectionSlots(Limits limits) : limits_(limits) {}
    ConnectionSlots(const ConnectionSlots&) = delete;
    ConnectionSlots& operator=(const ConnectionSlots&) = delete;
    ~ConnectionSlots() = default;

    /// Whether another one may sit down, from this network; an empty one has no limit of its own.
    /// Where there are too many, one has to leave: the one that has been idle the longest, else the
    /// stranger that has been sending the longest, else the one that has been fetching an answer
    /// the longest. Who is known leaves only when idle.
    bool make_room(const std::string& network);

    /// The same for whom the system has no descriptor. Whether one has left.
    bool shed() { return end_first_of(any_order) || end_first_of(stranger_order); }

    std::size_t size() const { return size_; }

private:
    /// Activity × known.
    enum Row : std::size_t {
        stranger_idle,
        stranger_receiving,
        stranger_answering,
        known_idle,
        known_busy,
        rows
    };
    using List = std::list<Slot*>;
    using Networks = std::unordered_map<std::string, std::size_t>;

    static constexpr std::array<Row, 2> any_order{stranger_idle, known_idle};
    static constexpr std::array<Row, 3> stranger_order{
        stranger_idle, stranger_receiving, stranger_answering};

    bool end_first_of(std::span<const Row> order);
    bool end_one_of(const std::string& network);
    void end(Slot& slot);
    std::size_t strangers() const;

    Limits limits_;
    std::array<List, rows> lists_{};
    Networks networks_{};
    std::size_t size_ = 0;
};

/// A place among the connections, for as long as it lives.
class ConnectionSlots::Slot {
public:
    /// As a stranger that is receiving. The others outlive it.
    Slot(ConnectionSlots& slots, Holder& holder, std::string network);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { give_up(); }

    void now(Activity activity);
    /// It is not a stranger any more.
    void recognize();
    bool is_known() const { return known_; }
    /// Whether it has been given away.
    bool is_lost() const { return !holds_slot_; }

private:
    friend class ConnectionSlots;

    Row row() const;
    void move_to(Row row);
    void give_up();

    ConnectionSlots& slots_;
    Holder& holder_;
    std::string network_;
    Activity activity_ = Activity::receiving;
    bool known_ = false;
    bool holds_slot_ = true;
    Row row_ = stranger_receiving;
    List::iterator place_{};
};

}  // namespace trommel::http
