"""Every case of the matrix: the model's outcome and the library it names are the real ones."""

from reality import cases


def test_agreement(case, trials, tally):
    trial = trials[case].result()
    agrees = not trial.disagreements
    tally["agree" if agrees else "disagree"] += 1
    assert agrees, "\n".join([*trial.disagreements, str(trial.answer), trial.description])


def test_the_matrix_is_wide():
    """What the issue asks of it, counted."""
    every = cases.all_cases()
    assert len(every) >= 300
    assert len({case.release for case in every}) >= 12
    layouts = {case.layout for case in every}
    assert len(layouts) >= 4
    assert len({name for name in layouts if name.startswith("torch-")}) >= 2
    assert len({case.damage[0] for case in every}) >= 10


def test_the_part_that_is_always_asked_is_of_the_matrix():
    assert {case.name for case in cases.always()} == set(cases.ALWAYS)
