from __future__ import annotations

import pytest

from cxchurn._core import UsageError
from cxchurn.features import FeatureSet, Volume, standard


def test_windows_follow_the_horizon(log):
    def volume_of(horizon: str) -> Volume:
        return next(builder for builder in standard(log, horizon) if isinstance(builder, Volume))

    volume = volume_of("60D")
    assert (volume.windows, volume.detail) == (("15D", "30D", "60D", "120D", "240D"), ("60D", "240D"))
    assert volume.measures == ("items", "discount")
    # a quarter of 12 hours is 3 hours; 2 days halved once and twice are 1 day and 12 hours, of which days stay
    assert volume_of("12h").windows == ("3h", "6h", "12h", "1D", "2D")
    assert volume_of("2D").windows == ("1D", "2D", "4D", "8D")


@pytest.mark.parametrize("horizon", ["1D", "7D", "60D", "12h", "3h"])
def test_every_horizon_makes_columns_once(horizon, log, november):
    names = FeatureSet(log=log, horizon=horizon).fit(november).get_feature_names_out()
    assert len(set(names)) == len(names) > 100


def test_only_roles_that_are_there(log_of):
    builders = {builder.driver: builder for builder in standard(log_of([{"ago": 3}]), "60D")}
    assert builders["decay"].measures == ()
    assert builders["attributes"].names == ()
    with pytest.raises(UsageError, match="bare int"):
        standard(log_of([{"ago": 3}]), 60)
