"""A flood of requests fills no disk with lines about itself."""

import logging

from ringback.web.kernel.logs import Seldom


def test_one_line_a_minute_goes_through():
    now = [100.0]
    seldom = Seldom(lambda: now[0])
    line = logging.makeLogRecord({"msg": "Task queue depth is 43"})
    seen = []
    for second in range(150):
        now[0] = 100.0 + second
        if seldom.filter(line):
            seen.append(second)
    assert seen == [0, 60, 120]
