#!/bin/sh
# An HTTP answer that never ends, a line every 50 ms; standard output is the connection.
printf 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n'
exec ping -n -i 0.05 127.0.0.1
