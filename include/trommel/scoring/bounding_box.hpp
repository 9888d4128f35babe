#pragma once

namespace trommel::scoring {

/// A box in an image, in fractions of the image's width and height: 0 <= x0 < x1 <= 1, likewise y.
class BoundingBox {
public:
    /// From two corners. Coordinates outside [0, 1] are moved to its ends when `clip_values`, else
    /// refused. Throws DataError when x1 or y1 then is not beyond x0 or y0, and on NaN (which
    /// Lightly lets pass).
    BoundingBox(double x0, double y0, double x1, double y1, bool clip_values = true);

    /// From the top left corner and the size.
    static BoundingBox from_x_y_w_h(double x, double y, double w, double h);

    /// From the centre and the size, as in YOLO's label files.
    static BoundingBox from_yolo_label(double x_center, double y_center, double w, double h);

    double x0() const { return x0_; }
    double y0() const { return y0_; }
    double x1() const { return x1_; }
    double y1() const { return y1_; }

    double width() const { return x1_ - x0_; }
    double height() const { return y1_ - y0_; }
    double area() const { return width() * height(); }

    friend bool operator==(const BoundingBox&, const BoundingBox&) = default;

private:
    double x0_;
    double y0_;
    double x1_;
    double y1_;
};

}  // namespace trommel::scoring
