#!/usr/bin/env python3
"""Draws the learning curve of a run beside its baseline, as SVG.

    trommel run pipelines/digits.yaml --run-dir runs/digits
    tools/docs/learning_curve.py runs/digits tools/docs/learning-curve.svg
"""
import csv
import sys
from pathlib import Path

LEFT, TOP, WIDTH, HEIGHT = 60, 20, 560, 260


def curve_of(run: Path) -> list[tuple[int, float]]:
    """Labels and the last metric, a point for each round."""
    with (run / "metrics.csv").open() as table:
        return [(int(row[1]), float(row[-1])) for row in list(csv.reader(table))[1:]]


def drawing(curve: list[tuple[int, float]], baseline: list[tuple[int, float]]) -> str:
    points = curve + baseline
    low = int(min(value for _, value in points) * 10) / 10
    most = max(labels for labels, _ in points)

    def x(labels: int) -> float:
        return LEFT + WIDTH * labels / most

    def y(value: float) -> float:
        return TOP + HEIGHT * (1 - (value - low) / (1 - low))

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 30} {TOP + HEIGHT + 55}" '
             'font-family="sans-serif" font-size="13">', '<rect width="100%" height="100%" fill="#fff"/>']
    for step in range(round(low * 10), 11):
        lines.append(f'<path d="M{LEFT} {y(step / 10):.1f}h{WIDTH}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 8}" y="{y(step / 10) + 4:.1f}" text-anchor="end">{step / 10:.1f}</text>')
    for labels, _ in curve[::2]:
        lines.append(f'<text x="{x(labels):.1f}" y="{TOP + HEIGHT + 20}" text-anchor="middle">{labels}</text>')
    for points, colour, dash in ((baseline, "#888", ' stroke-dasharray="5 4"'), (curve, "#06c", "")):
        path = " ".join(f"{x(labels):.1f},{y(value):.1f}" for labels, value in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>')
    (labels, best), (_, chance) = curve[-1], baseline[-1]
    lines.append(f'<text x="{x(labels):.1f}" y="{y(best) - 8:.1f}" text-anchor="end" fill="#06c">trommel {best:.3f}</text>')
    lines.append(f'<text x="{x(labels):.1f}" y="{y(chance) + 20:.1f}" text-anchor="end" fill="#666">random {chance:.3f}</text>')
    lines.append(f'<text x="{LEFT + WIDTH / 2}" y="{TOP + HEIGHT + 42}" text-anchor="middle">labelled samples</text>')
    lines.append(f'<text transform="translate(16 {TOP + HEIGHT / 2}) rotate(-90)" text-anchor="middle">accuracy</text></svg>')
    return "\n".join(lines) + "\n"


def main() -> None:
    run, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.write_text(drawing(curve_of(run), curve_of(run / "baseline")))


if __name__ == "__main__":
    main()
