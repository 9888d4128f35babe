#!/usr/bin/python3
"""Writes the files beside it with numpy itself, for npy_test.cpp: Debian's python3-numpy 1.24 wrote those checked in."""
import pathlib
import numpy as np

folder = pathlib.Path(__file__).parent
values = np.array([[0.5, 0.25, 0.25], [1, 0, 0], [0.125, 0.375, 0.5], [0.0625, 0.9375, 0]])
for name, dtype in {"f16": "<f2", "f32": "<f4", "f64": "<f8"}.items():
    np.save(folder / f"{name}.npy", values.astype(dtype))
    np.save(folder / f"{name}_fortran.npy", np.asfortranarray(values.astype(dtype)))
np.save(folder / "big_endian.npy", values.astype(">f4"))
np.save(folder / "int64.npy", np.arange(12).reshape(4, 3))
np.save(folder / "one_dimension.npy", values[0].astype("<f4"))
np.save(folder / "number.npy", np.float32(0.5))
np.save(folder / "four_dimensions.npy", np.arange(48, dtype="<f4").reshape(2, 4, 3, 2))
np.save(folder / "four_dimensions_fortran.npy", np.asfortranarray(np.arange(48, dtype="<f4").reshape(2, 4, 3, 2)))
np.save(folder / "no_rows.npy", np.zeros((0, 3), "<f4"))
np.save(folder / "records.npy", np.zeros(2, [("a", "<f4"), ("b", "<f4")]))
np.save(folder / "bfloat16_as_void.npy", (values.astype("<f4").view("<u4") >> 16).astype("<u2").view("V2"))
np.save(folder / "bfloat16_as_uint16.npy", (values.astype("<f4").view("<u4") >> 16).astype("<u2"))
np.savez(folder / "one.npz", values.astype("<f4"))
np.savez(folder / "two.npz", probs=values.astype("<f4"), features=values)
np.savez_compressed(folder / "compressed.npz", probs=np.tile(values.astype("<f4"), (50, 1)))
halves = np.array([[0x0000, 0x8000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00, 0x7E00]], "<u2")
np.save(folder / "f16_edges.npy", halves.view("<f2"))
np.lib.format.write_array(open(folder / "version2.npy", "wb"), values.astype("<f4"), version=(2, 0))
