// curl as Debian's libcurl4-openssl-dev installs it, and its variadic calls with one type each, which
// Swift can call.
#include <curl/curl.h>

static inline CURLcode mlc_curl_begin(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode mlc_curl_set_text(CURL *curl, CURLoption option, const char *text) {
  return curl_easy_setopt(curl, option, text);
}

static inline CURLcode mlc_curl_set_number(CURL *curl, CURLoption option, long number) {
  return curl_easy_setopt(curl, option, number);
}

static inline CURLcode mlc_curl_set_bytes(CURL *curl, const void *bytes, curl_off_t count) {
  const CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, count);
  return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline CURLcode mlc_curl_set_headers(CURL *curl, struct curl_slist *headers) {
  return curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
}

/// `take` gets the parts of the answer and returns how many bytes it took.
static inline CURLcode mlc_curl_set_taker(CURL *curl, curl_write_callback take, void *context) {
  const CURLcode code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, context);
}

/// `ask` is called at least every second and ends the transfer by returning something else than 0.
static inline CURLcode mlc_curl_set_question(CURL *curl, curl_xferinfo_callback ask, void *context) {
  CURLcode code = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask);
  if (code == CURLE_OK) code = curl_easy_setopt(curl, CURLOPT_XFERINFODATA, context);
  return code != CURLE_OK ? code : curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static inline long mlc_curl_status(CURL *curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}
