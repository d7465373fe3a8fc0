// The MySQL client of MariaDB as Debian's libmariadb-dev installs it.
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
