"""A binary heap of whole numbers in an array, smallest first."""

import numpy as np

from kervan.itinerary.engine.compiled import compiled
from kervan.network.arrays import Int64


@compiled
def push(heap: Int64, size: int, key: int) -> tuple[Int64, int]:
    """Add a key; returns the heap (moved to a larger array when full) and its size."""
    if size == len(heap):
        larger = np.empty(2 * size, np.int64)
        larger[:size] = heap
        heap = larger
    child = size
    while child > 0:
        parent = (child - 1) >> 1
        if heap[parent] <= key:
            break
        heap[child] = heap[parent]
        child = parent
    heap[child] = key
    return heap, size + 1


@compiled
def pop(heap: Int64, size: int) -> tuple[int, int]:
    """Remove the smallest key; returns it and the size left."""
    smallest = heap[0]
    size -= 1
    key = heap[size]
    parent = 0
    while True:
        child = 2 * parent + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[parent] = heap[child]
        parent = child
    heap[parent] = key
    return smallest, size
