// Seats: which connections a server has, by what they do, so that the one to go first is found at
// once where there are too many.
#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <span>
#include <string>
#include <unordered_map>

namespace trommel::http {

/// One loop only; outlives its seats.
class Seats {
public:
    enum class Doing {
        idle,       ///< between two requests
        receiving,  ///< opens, sends a request, or is on its way out
        answering,  ///< waits for its answer or fetches it
    };

    /// A connection that sits here.
    class Guest {
    public:
        Guest() = default;
        Guest(const Guest&) = delete;
        Guest& operator=(const Guest&) = delete;
        virtual ~Guest() = default;

        /// Its seat has been given away: it ends as soon as it can.
        virtual void leave() = 0;
    };

    class Seat;

    struct Limits {
        std::size_t all;
        std::size_t strangers;    ///< who have not yet shown that they are known
        std::size_t per_network;  ///< strangers or not
    };

    explicit Seats(Limits limits) : limits_(limits) {}
    Seats(const Seats&) = delete;
    Seats& operator=(const Seats&) = delete;
    ~Seats() = default;

    /// Whether another one may sit down, from this network; an empty one has no limit of its own.
    /// Where there are too many, one has to leave: the one that has been idle the longest, else the
    /// stranger that has been sending the longest, else the one that has been fetching an answer
    /// the longest. Who is known leaves only when idle.
    bool make_room(const std::string& network);

    /// The same for whom the system has no descriptor. Whether one has left.
    bool shed() { return end_first_of(any_order) || end_first_of(stranger_order); }

    std::size_t size() const { return size_; }

private:
    /// Doing × known.
    enum Row : std::size_t {
        stranger_idle,
        stranger_receiving,
        stranger_answering,
        known_idle,
        known_busy,
        rows
    };
    using List = std::list<Seat*>;
    using Networks = std::unordered_map<std::string, std::size_t>;

    static constexpr std::array<Row, 2> any_order{stranger_idle, known_idle};
    static constexpr std::array<Row, 3> stranger_order{
        stranger_idle, stranger_receiving, stranger_answering};

    bool end_first_of(std::span<const Row> order);
    bool end_one_of(const std::string& network);
    void end(Seat& seat);
    std::size_t strangers() const;

    Limits limits_;
    std::array<List, rows> lists_{};
    Networks networks_{};
    std::size_t size_ = 0;
};

/// A place among the connections, for as long as it lives.
class Seats::Seat {
public:
    /// As a stranger that is receiving. The others outlive it.
    Seat(Seats& seats, Guest& guest, std::string network);
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    ~Seat() { give_up(); }

    void now(Doing doing);
    /// It is no stranger any more.
    void recognize();
    bool is_known() const { return known_; }
    /// Whether it has been given away.
    bool is_lost() const { return !seated_; }

private:
    friend class Seats;

    Row row() const;
    void sit_in(Row row);
    void give_up();

    Seats& seats_;
    Guest& guest_;
    std::string network_;
    Doing doing_ = Doing::receiving;
    bool known_ = false;
    bool seated_ = true;
    Row row_ = stranger_receiving;
    List::iterator place_{};
};

}  // namespace trommel::http
