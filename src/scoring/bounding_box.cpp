#include "trommel/scoring/bounding_box.hpp"

#include "trommel/core/error.hpp"
#include "trommel/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace trommel::scoring {
namespace {

double coordinate(std::string_view name, double value, bool clip) {
    if (std::isnan(value)) throw DataError(fmt::format("bounding box: {} is not a number", name));
    if (clip) return std::clamp(value, 0.0, 1.0);
    if (value >= 0 && value <= 1) return value;
    throw DataError(
        fmt::format("bounding box: {} is {}, outside 0..1; divide pixels by the image's size or "
                    "let the box be clipped",
                    name,
                    shortest(value)));
}

void require_order(std::string_view axis, double low, double high) {
    if (low < high) return;
    throw DataError(fmt::format(
        "bounding box: {0}1 = {2} must be larger than {0}0 = {1} (after clipping to the image); "
        "give fractions of the image's size, two different corners",
        axis,
        shortest(low),
        shortest(high)));
}

}  // namespace

BoundingBox::BoundingBox(double x0, double y0, double x1, double y1, bool clip_values)
    : x0_(coordinate("x0", x0, clip_values)),
      y0_(coordinate("y0", y0, clip_values)),
      x1_(coordinate("x1", x1, clip_values)),
      y1_(coordinate("y1", y1, clip_values)) {
    require_order("x", x0_, x1_);
    require_order("y", y0_, y1_);
}

BoundingBox BoundingBox::from_x_y_w_h(double x, double y, double w, double h) {
    return {x, y, x + w, y + h};
}

BoundingBox BoundingBox::from_yolo_label(double x_center, double y_center, double w, double h) {
    return {x_center - w / 2, y_center - h / 2, x_center + w / 2, y_center + h / 2};
}

}  // namespace trommel::scoring
