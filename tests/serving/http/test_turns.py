"""How requests that come together share the event loop."""

import asyncio

import pytest

from src.serving.http.turns import Turns

_CALLERS = 20


def test_work_that_begins_together_is_spread_over_as_many_turns_of_the_loop() -> None:
    async def begun_per_turn() -> list[int]:
        turns, begun, per_turn = Turns(), list[int](), list[int]()

        async def work(number: int) -> None:
            await turns.take()
            begun.append(number)

        tasks = [asyncio.create_task(work(number)) for number in range(_CALLERS)]
        while not all(task.done() for task in tasks):
            before = len(begun)
            await asyncio.sleep(0)
            per_turn.append(len(begun) - before)
        return per_turn

    per_turn = asyncio.run(begun_per_turn())
    assert max(per_turn) == 1
    assert sum(per_turn) == _CALLERS


def test_turns_go_in_the_order_of_asking() -> None:
    async def order() -> list[int]:
        turns, came = Turns(), list[int]()

        async def work(number: int) -> None:
            await turns.take()
            came.append(number)

        await asyncio.gather(*(work(number) for number in range(_CALLERS)))
        return came

    assert asyncio.run(order()) == list(range(_CALLERS))


def test_one_who_gave_up_holds_nobody_up() -> None:
    async def give_up() -> None:
        turns = Turns()
        _, given_up, waits = [asyncio.create_task(turns.take()) for _ in range(3)]
        await asyncio.sleep(0)
        given_up.cancel()
        async with asyncio.timeout(5):
            await waits
            await turns.take()
        with pytest.raises(asyncio.CancelledError):
            await given_up

    asyncio.run(give_up())
