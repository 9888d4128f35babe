#include "http/seats.hpp"

#include <algorithm>
#include <utility>

namespace trommel::http {

bool Seats::make_room(const std::string& network) {
    if (!network.empty()) {
        const auto found = networks_.find(network);
        const bool full = found != networks_.end() && found->second >= limits_.per_network;
        if (full && !end_one_of(network)) return false;
    }
    if (strangers() >= limits_.strangers && !end_first_of(stranger_order)) return false;
    if (size_ < limits_.all) return true;
    return end_first_of(any_order) || end_first_of(stranger_order);
}

std::size_t Seats::strangers() const {
    std::size_t count = 0;
    for (const auto row : stranger_order) count += lists_[row].size();
    return count;
}

bool Seats::end_first_of(std::span<const Row> order) {
    for (const auto row : order) {
        if (lists_[row].empty()) continue;
        end(*lists_[row].front());
        return true;
    }
    return false;
}

/// Looks at all that may have to leave: a network that is at its limit pays for it itself.
bool Seats::end_one_of(const std::string& network) {
    for (const auto row : {stranger_idle, known_idle, stranger_receiving, stranger_answering}) {
        const auto found = std::ranges::find(lists_[row], network, &Seat::network_);
        if (found == lists_[row].end()) continue;
        end(**found);
        return true;
    }
    return false;
}

void Seats::end(Seat& seat) {
    seat.give_up();
    seat.guest_.leave();
}

Seats::Seat::Seat(Seats& seats, Guest& guest, std::string network)
    : seats_(seats), guest_(guest), network_(std::move(network)) {
    auto& list = seats_.lists_[row_];
    place_ = list.insert(list.end(), this);
    ++seats_.size_;
    if (!network_.empty()) ++seats_.networks_[network_];
}

void Seats::Seat::now(Doing doing) {
    doing_ = doing;
    if (seated_) sit_in(row());
}

void Seats::Seat::recognize() {
    known_ = true;
    if (seated_) sit_in(row());
}

Seats::Row Seats::Seat::row() const {
    if (known_) return doing_ == Doing::idle ? known_idle : known_busy;
    if (doing_ == Doing::idle) return stranger_idle;
    return doing_ == Doing::receiving ? stranger_receiving : stranger_answering;
}

/// At the end: the first of a row has been there the longest.
void Seats::Seat::sit_in(Row row) {
    if (row == row_) return;
    auto& list = seats_.lists_[row];
    list.splice(list.end(), seats_.lists_[row_], place_);
    row_ = row;
}

void Seats::Seat::give_up() {
    if (!std::exchange(seated_, false)) return;
    seats_.lists_[row_].erase(place_);
    --seats_.size_;
    if (network_.empty()) return;
    const auto count = seats_.networks_.find(network_);
    if (--count->second == 0) seats_.networks_.erase(count);
}

}  // namespace trommel::http
