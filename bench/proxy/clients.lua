-- Each request comes from one of ten thousand clients, known by the proxy's own cookie.
function request()
  wrk.headers["Cookie"] = "banyan_sticky=client-" .. math.random(10000)
  return wrk.format("GET", wrk.path)
end
