"""Exit 0 when PostgreSQL and Redis answer at the two given addresses, else 1 with the reason."""

import sys

import psycopg
import redis


def main(postgres: str, redis_url: str) -> int:
    try:
        with psycopg.connect(postgres.rsplit("/", 1)[0] + "/postgres", connect_timeout=3):
            pass
        redis.Redis.from_url(redis_url, socket_connect_timeout=3).ping()
    except (psycopg.Error, redis.RedisError, OSError) as error:
        sys.stdout.write(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
