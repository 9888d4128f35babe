#include "trommel/scoring/bounding_box.hpp"

#include "trommel/core/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace trommel::scoring {

TEST_CASE("a box knows its width and height and area", "[scoring]") {
    const BoundingBox box(0.25, 0.5, 0.75, 0.75);
    CHECK(box.width() == 0.5);
    CHECK(box.height() == 0.25);
    CHECK(box.area() == 0.125);
}

TEST_CASE("a box is given by corner and size or as a YOLO label", "[scoring]") {
    const BoundingBox corners(0.25, 0.5, 0.75, 0.75);
    CHECK(BoundingBox::from_x_y_w_h(0.25, 0.5, 0.5, 0.25) == corners);
    CHECK(BoundingBox::from_yolo_label(0.5, 0.625, 0.5, 0.25) == corners);
}

TEST_CASE("coordinates outside the image are clipped to it", "[scoring]") {
    CHECK(BoundingBox(-0.5, 0.25, 1.5, 2) == BoundingBox(0, 0.25, 1, 1));
}

TEST_CASE("coordinates outside the image are refused where clipping is off", "[scoring]") {
    CHECK_THROWS_WITH(BoundingBox(0, 0.25, 1.5, 1, false), Catch::Contains("x1 is 1.5"));
    CHECK_THROWS_WITH(BoundingBox(0, -0.25, 1, 1, false), Catch::Contains("y0 is -0.25"));
    CHECK(BoundingBox(0, 0, 1, 1, false).area() == 1);
}

TEST_CASE("a box without width or height is refused", "[scoring]") {
    CHECK_THROWS_AS(BoundingBox(0.5, 0, 0.5, 1), DataError);
    CHECK_THROWS_AS(BoundingBox(0, 0.5, 1, 0.5), DataError);
    CHECK_THROWS_WITH(BoundingBox(0.75, 0, 0.25, 1),
                      Catch::Contains("x1 = 0.25 must be larger than x0 = 0.75"));
    CHECK_THROWS_WITH(BoundingBox(0, 0.75, 1, 0.25),
                      Catch::Contains("y1 = 0.25 must be larger than y0 = 0.75"));
}

TEST_CASE("a box outside the image is refused once clipped", "[scoring]") {
    CHECK_THROWS_AS(BoundingBox(20, 30, 100, 200), DataError);  // pixels
}

TEST_CASE("a box with NaN is refused", "[scoring]") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(BoundingBox(nan, 0, 1, 1), Catch::Contains("x0 is not a number"));
    CHECK_THROWS_AS(BoundingBox(0, 0, 1, nan, false), DataError);
}

}  // namespace trommel::scoring
