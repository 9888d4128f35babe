#include "http/connection_slots.hpp"

#include <algorithm>
#include <utility>

namespace trommel::http {

bool ConnectionSlots::make_room(const std::string& network) {
    if (!network.empty()) {
        const auto found = networks_.find(network);
        const bool full = found != networks_.end() && found->second >= limits_.per_network;
        if (full && !end_one_of(network)) return false;
    }
    if (strangers() >= limits_.strangers && !end_first_of(stranger_order)) return false;
    if (size_ < limits_.all) return true;
    return end_first_of(any_order) || end_first_of(stranger_order);
}

std::size_t ConnectionSlots::strangers() const {
    std::size_t count = 0;
    for (const auto row : stranger_order) count += lists_[row].size();
    return count;
}

bool ConnectionSlots::end_first_of(std::span<const Row> order) {
    for (const auto row : order) {
        if (lists_[row].empty()) continue;
        end(*lists_[row].front());
        return true;
    }
    return false;
}

/// Uses all that may have to leave: a network that is at its limit pays for it itself.
bool ConnectionSlots::end_one_of(const std::string& network) {
    for (const auto row : {stranger_idle, known_idle, stranger_receiving, stranger_answering}) {
        const auto found = std::ranges::find(lists_[row], network, &Slot::network_);
        if (found == lists_[row].end()) continue;
        end(**found);
        return true;
    }
    return false;
}

void ConnectionSlots::end(Slot& slot) {
    slot.give_up();
    slot.holder_.leave();
}

ConnectionSlots::Slot::Slot(ConnectionSlots& slots, Holder& holder, std::string network)
    : slots_(slots), holder_(holder), network_(std::move(network)) {
    auto& list = slots_.lists_[row_];
    place_ = list.insert(list.end(), this);
    ++slots_.size_;
    if (!network_.empty()) ++slots_.networks_[network_];
}

void ConnectionSlots::Slot::now(Activity activity) {
    activity_ = activity;
    if (holds_slot_) move_to(row());
}

void ConnectionSlots::Slot::recognize() {
    known_ = true;
    if (holds_slot_) move_to(row());
}

ConnectionSlots::Row ConnectionSlots::Slot::row() const {
    if (known_) return activity_ == Activity::idle ? known_idle : known_busy;
    if (activity_ == Activity::idle) return stranger_idle;
    return activity_ == Activity::receiving ? stranger_receiving : stranger_answering;
}

/// At the end: the first of a row has been there the longest.
void ConnectionSlots::Slot::move_to(Row row) {
    if (row == row_) return;
    auto& list = slots_.lists_[row];
    list.splice(list.end(), slots_.lists_[row_], place_);
    row_ = row;
}

void ConnectionSlots::Slot::give_up() {
    if (!std::exchange(holds_slot_, false)) return;
    slots_.lists_[row_].erase(place_);
    --slots_.size_;
    if (network_.empty()) return;
    const auto count = slots_.networks_.find(network_);
    if (--count->second == 0) slots_.networks_.erase(count);
}

}  // namespace trommel::http
