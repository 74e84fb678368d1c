from django.urls import path

from home import views

app_name = "home"
urlpatterns = [path("brand.css", views.brand_css, name="brand-css")]
