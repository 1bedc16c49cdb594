// Beast's own sources and the TLS part of Asio, compiled here once for the whole program.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
