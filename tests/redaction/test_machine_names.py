"""Names of the machine and its user."""

import socket

import pytest

from wirelore.redaction.machine_names import machine_names


def test_home_folder_user_and_host_are_named_once_each_and_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere/ada-home")
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "ada")
    host = socket.gethostname()
    forms = {host, host.lower(), host.partition(".")[0], host.lower().partition(".")[0]}
    assert machine_names() == sorted({"ada-home", "ada", *forms})


def test_a_host_is_named_with_and_without_its_domain_and_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Lab-7.Example.org")
    assert {"Lab-7.Example.org", "Lab-7", "lab-7.example.org", "lab-7"} <= set(machine_names())


def test_no_name_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setattr(socket, "gethostname", lambda: "")
    assert "" not in machine_names()
