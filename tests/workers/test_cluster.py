"""Which workers there are: what names them, and what cannot be."""

import json
import re
import socket

import pytest

from seqmodels.workers.cluster import (
    Cluster,
    ClusterError,
    check_own_host,
    check_port,
    find_cluster,
    split_address,
)
from tests.launched import free_addresses

TWO = "host1:9001,host2:9001"


def as_config(jobs, kind, index):
    return {"TF_CONFIG": json.dumps({"cluster": jobs, "task": task(kind, index)})}


def task(kind, index):
    return {"type": kind, "index": index}


def test_named_by_arguments():
    addresses = ("host1:9001", "[::1]:9002")
    found = find_cluster("host1:9001, [::1]:9002", 1, {"TF_CONFIG": ""})
    assert found == Cluster(addresses, 1)
    assert str(found) == "worker 1 of 2"
    assert [split_address(a) for a in addresses] == [("host1", 9001), ("::1", 9002)]
    assert find_cluster(None, None, {}) is None


def test_named_by_the_environment(monkeypatch):
    for name, config in as_config({"worker": ["a:1"]}, "worker", 0).items():
        monkeypatch.setenv(name, config)
    assert find_cluster() == Cluster(("a:1",), 0)


@pytest.mark.parametrize("kind, index, number", [("chief", 0, 0), ("worker", 1, 2)])
def test_the_chief_stands_before_the_workers(kind, index, number):
    jobs = {"worker": ["b:1", "c:1"], "chief": ["a:1"]}
    found = find_cluster(environment=as_config(jobs, kind, index))
    assert found == Cluster(("a:1", "b:1", "c:1"), number)


def test_without_a_chief_the_first_worker_is():
    jobs = {"worker": ["b:1", "c:1"]}
    found = find_cluster(environment=as_config(jobs, "worker", 1))
    assert found == Cluster(("b:1", "c:1"), 1)


@pytest.mark.parametrize(
    "workers, index, environment, message",
    [
        (None, 0, {}, "--index is the number among --workers; name these too"),
        (TWO, None, {}, "--workers needs --index, the number of this one, from 0"),
        (TWO, 0, {"TF_CONFIG": "{}"}, "TF_CONFIG names workers too: leave out"),
        (TWO, 2, {}, r"--index must be from 0 to 1 \(number of workers: 2\); got 2"),
        (TWO, -1, {}, "--index must be from 0 to 1 .* got -1"),
        (TWO, True, {}, "--index must be from 0 to 1 .* got True"),
        (f"{TWO},host1:9001", 0, {}, "--workers has host1:9001 twice; one process"),
        *(
            (f"host2:9001,{bad}", 0, {}, re.escape(f"host2:9001; got {bad!r}."))
            for bad in "host1 host1: :9001 host1:0 host1:65536 host1:-1 host1:x".split()
        ),
        ("", 0, {}, "--workers must be addresses like host1:9001,host2:9001; got ''"),
    ],
)
def test_arguments_that_name_no_cluster(workers, index, environment, message):
    with pytest.raises(ClusterError, match=message):
        find_cluster(workers, index, environment)


ONE = {"worker": ["a:1", "b:1"]}
JOBS = "must have the jobs chief, of one task, and worker, or worker alone, .* got "


@pytest.mark.parametrize(
    "config, message",
    [
        ("{", 'must be JSON such as {"cluster": .* got {'),
        ("[]", r"must be JSON such as .* got \[\]"),
        ("{}", "must be JSON such as .* got {}"),
        ({"cluster": ONE}, "must be JSON such as .* got "),
        ({"cluster": ONE, "task": "worker"}, "must be JSON such as"),
        ({"cluster": {"worker": [1]}, "task": task("worker", 0)}, "must be JSON such"),
        ({"cluster": ONE, "task": task("worker", "0")}, "from 0 to 1 .* got '0'"),
        (
            {"cluster": ONE | {"ps": ["c:1"]}, "task": task("worker", 0)},
            JOBS + r"jobs \['ps', 'worker'\] and a worker",
        ),
        ({"cluster": ONE, "task": task("ps", 0)}, JOBS + r"jobs \['worker'\] and a ps"),
        (
            {"cluster": ONE, "task": task("chief", 0)},
            JOBS + r"jobs \['worker'\] and a chief",
        ),
        (
            {"cluster": {"chief": ["a:1", "b:1"]}, "task": task("chief", 0)},
            JOBS + r"jobs \['chief'\] and a chief",
        ),
        (
            {"cluster": ONE, "task": task("worker", 2)},
            r"TF_CONFIG's index must be from 0 to 1 \(number of workers: 2\); got 2",
        ),
        (
            {"cluster": ONE, "task": task("worker", -1)},
            "TF_CONFIG's index must be from 0 to 1 .* got -1",
        ),
        (
            {"cluster": ONE | {"chief": ["c:1"]}, "task": task("worker", -1)},
            "TF_CONFIG's index must be from 0 to 1 .* got -1",
        ),
        (
            {"cluster": ONE | {"chief": ["c:1"]}, "task": task("chief", 1)},
            r"TF_CONFIG's index must be from 0 to 0 \(number of chiefs: 1\); got 1",
        ),
        (
            {"cluster": {"worker": ["a"]}, "task": task("worker", 0)},
            "TF_CONFIG must be addresses like host1:9001,host2:9001; got 'a'",
        ),
        (
            {"cluster": {"worker": ["a:1"] * 2}, "task": task("worker", 0)},
            "TF_CONFIG has a:1 twice",
        ),
    ],
)
def test_configurations_that_name_no_cluster(config, message):
    config = config if isinstance(config, str) else json.dumps(config)
    with pytest.raises(ClusterError, match="TF_CONFIG") as caught:
        find_cluster(environment={"TF_CONFIG": config})
    assert re.search(message, str(caught.value))


def test_a_host_of_this_machine():
    check_own_host(Cluster(("192.0.2.1:9001", "127.0.0.1:9001"), 1))
    check_own_host(Cluster(("localhost:9001",), 0))


def test_a_host_of_another_machine():
    # An address for documentation; nothing is sent to it.
    cluster = Cluster(("127.0.0.1:9001", "192.0.2.1:9001"), 1)
    message = "--index is 1, but 192.0.2.1 is no address of this machine"
    with pytest.raises(ClusterError, match=message):
        check_own_host(cluster)


def test_a_host_that_nobody_knows(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = "nowhere is not known here: Name or service not known"
    with pytest.raises(ClusterError, match=message):
        check_own_host(Cluster(("nowhere:9001",), 0))


def test_a_port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        cluster = Cluster(("127.0.0.1:1", f"127.0.0.1:{port}"), 1)
        message = f"Port {port} cannot be taken: in use on this machine; is worker 1 "
        with pytest.raises(ClusterError, match=message):
            check_port(cluster)


def test_a_port_that_may_not_be_taken(monkeypatch):
    class Forbidding(socket.socket):
        def bind(self, address):
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", Forbidding)
    message = "Port 80 cannot be taken: Permission denied"
    with pytest.raises(ClusterError, match=message):
        check_port(Cluster(("127.0.0.1:80",), 0))


def test_a_free_port_stays_free():
    cluster = Cluster(tuple(free_addresses(1)), 0)
    for _ in range(2):
        check_port(cluster)
