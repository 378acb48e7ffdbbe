"""What who waits may rely on: what is small goes first, room is given back, and nobody waits behind too many."""

import asyncio

import pytest

from src.serving.reading.lane import FullError, Lane


async def _take(lane: Lane, weight: int, rank: int, order: list[int], until: asyncio.Event) -> None:
    async with lane.turn(weight, rank):
        order.append(rank)
        await until.wait()


def test_of_those_who_wait_the_least_rank_goes_first_and_room_is_kept() -> None:
    async def run() -> None:
        lane, order, until = Lane(room=10, jobs=3, waiting=9), list[int](), asyncio.Event()
        first = asyncio.create_task(_take(lane, 8, 0, order, until))
        await asyncio.sleep(0)
        others = [asyncio.create_task(_take(lane, weight, rank, order, until)) for weight, rank in ((3, 5), (2, 1))]
        await asyncio.sleep(0.01)
        assert order == [0, 1]  # 8 + 2; three more have no room
        until.set()
        await asyncio.gather(first, *others)
        assert order == [0, 1, 5]
        await lane.enter(10)

    asyncio.run(run())


def test_who_gives_up_waiting_leaves_no_trace() -> None:
    async def run() -> None:
        lane = Lane(room=1, jobs=1, waiting=1)
        await lane.enter(1)
        waiting = asyncio.create_task(lane.enter(1))
        await asyncio.sleep(0)
        with pytest.raises(FullError):
            await lane.enter(1)
        waiting.cancel()
        await asyncio.wait({waiting})
        lane.leave(1)
        await asyncio.wait_for(lane.enter(1), 1)

    asyncio.run(run())


def test_who_is_let_in_and_gives_up_at_once_gives_the_room_back() -> None:
    async def run() -> None:
        lane = Lane(room=1, jobs=1, waiting=1)
        await lane.enter(1)
        waiting = asyncio.create_task(lane.enter(1))
        await asyncio.sleep(0)
        lane.leave(1)
        waiting.cancel()
        await asyncio.wait({waiting})
        await asyncio.wait_for(lane.enter(1), 1)

    asyncio.run(run())


def test_room_that_comes_free_while_somebody_gives_up_goes_to_the_next() -> None:
    async def run() -> None:
        lane = Lane(room=1, jobs=1, waiting=9)
        await lane.enter(1)
        given_up, next_one, last = (asyncio.create_task(lane.enter(1)) for _ in range(3))
        await asyncio.sleep(0)
        given_up.cancel()
        lane.leave(1)  # before the one who gives up has run again
        await asyncio.wait_for(next_one, 1)
        assert not last.done()
        lane.leave(1)
        await asyncio.wait_for(last, 1)
        await asyncio.wait({given_up})
        assert given_up.cancelled()

    asyncio.run(run())


def test_who_leaves_early_gives_the_room_back_once() -> None:
    async def run() -> None:
        lane = Lane(room=1, jobs=1, waiting=9)
        async with lane.turn(1) as leave:
            leave()
            await asyncio.wait_for(lane.enter(1), 1)
            leave()
        third = asyncio.create_task(lane.enter(1))
        await asyncio.sleep(0.01)
        assert not third.done()
        lane.leave(1)
        await asyncio.wait_for(third, 1)

    asyncio.run(run())
