#include "pipeline/definition/write/yaml_writer.hpp"

#include "trommel/pipeline/stage/options.hpp"

namespace trommel {
namespace {

std::string scalar_text(const Node& node) {
    if (node.is_secret()) return "\"***\"";
    if (node.is_null()) return "null";
    return node.is_quoted() ? to_yaml(node.text()) : node.text();
}

bool is_flat(const Node& list) {
    for (const Node& item : list.items())
        if (!item.is_scalar()) return false;
    return true;
}

void write(const Node& node, std::size_t indent, std::string& out);

void write_map(const Node& map, std::size_t indent, std::string& out) {
    for (const auto& [key, place, value] : map.entries()) {
        out += std::string(indent, ' ') + to_yaml(key) + ':';
        const bool block =
            (value.is_map() && !value.entries().empty()) || (value.is_list() && !is_flat(value));
        out += block ? "\n" : " ";
        write(value, indent + 2, out);
    }
}

void write_list(const Node& list, std::size_t indent, std::string& out) {
    if (is_flat(list)) {
        std::string items;
        for (const Node& item : list.items())
            items += (items.empty() ? "" : ", ") + scalar_text(item);
        out += '[' + items + "]\n";
        return;
    }
    for (const Node& item : list.items()) {
        out += std::string(indent, ' ') + "-\n";
        write(item, indent + 2, out);
    }
}

void write(const Node& node, std::size_t indent, std::string& out) {
    if (node.is_map() && !node.entries().empty())
        write_map(node, indent, out);
    else if (node.is_list())
        write_list(node, indent, out);
    else
        out += (node.is_map() ? "{}" : scalar_text(node)) + '\n';
}

}  // namespace

std::string write_yaml(const Node& node) {
    std::string out;
    write(node, 0, out);
    return out;
}

}  // namespace trommel
