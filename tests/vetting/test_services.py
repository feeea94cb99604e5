"""The private servers are real: they start, answer and crash."""

import socket

import psycopg2
import pytest
import redis


def test_nothing_outside_this_machine_can_be_reached():
    with socket.socket() as link, pytest.raises(RuntimeError, match="only this machine"):
        link.connect(("192.0.2.1", 80))


@pytest.mark.services
def test_postgres_answers(postgres_database):
    with psycopg2.connect(postgres_database) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
    link.close()


@pytest.mark.services
def test_redis_wants_its_password_and_keeps_what_it_acknowledged(redis_server):
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("kept", "yes")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    stranger = redis.Redis(port=int(redis_server.url.rpartition(":")[2].partition("/")[0]))
    with pytest.raises(redis.AuthenticationError):
        stranger.get("kept")
    stranger.close()
